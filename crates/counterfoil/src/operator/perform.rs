//! Doing what was asked, by the same use cases as the pages, as the operator.

use super::answer::{
    Answer, Connected, Connection, Gate, GateAdded, GateList, GateRevoked, GateSaid, Intake, Invited, KeptItem,
    KeptList, Outcomes, Reply,
};
use super::backups;
use super::erasing;
use super::holding;
use super::request::{NewConnection, Request};
use super::retiring;
use super::rotating;
use crate::telemetry::chain;
use counterfoil_flow::Flow;
use counterfoil_flow::connections::connect::{self, ConnectError};
use counterfoil_flow::erasure::decide::Keep;
use counterfoil_flow::gates::add::{GateError, add as gate_add};
use counterfoil_flow::gates::list::gates;
use counterfoil_flow::gates::revoke::revoke;
use counterfoil_flow::intake::kept::kept;
use counterfoil_flow::intake::stats::stats;
use counterfoil_flow::people::invite::{InviteError, invite};
use counterfoil_model::person::Role;
use counterfoil_model::{ConnectionId, Secret, Timestamp};
use counterfoil_policy::Actor;

/// Does what `request` asks.
pub(crate) async fn perform(flow: &Flow, request: Request) -> Reply {
    match answer(flow, request).await {
        Ok(answer) => Reply::Done(answer),
        Err(why) => Reply::Refused { why },
    }
}

async fn answer(flow: &Flow, request: Request) -> Result<Answer, String> {
    match request {
        Request::ConnectionAdd(new) => connection_add(flow, new).await,
        Request::ConnectionList => {
            let views = connect::connections(flow, &Actor::Operator)
                .await
                .map_err(|error| unconnected(&error))?;
            let connections = views.into_iter().map(|view| Connection {
                connection: view.connection,
                title: view.title.expose().clone(),
                numbers: view.numbers.iter().map(|number| number.expose().clone()).collect(),
                hook: hook(view.connection),
            });
            Ok(Answer::Connections(connections.collect()))
        }
        Request::GateAdd { title, nodes } => {
            let (gate, pass) = gate_add(flow, &Actor::Operator, &title, &nodes)
                .await
                .map_err(|error| gate_not_done(&error))?;
            Ok(Answer::GateAdded(GateAdded {
                gate,
                certificate_until: pass.until().rfc3339(),
                pass: String::from_utf8_lossy(&pass.bytes()).into_owned(),
            }))
        }
        Request::GateList => {
            let views = gates(flow, &Actor::Operator)
                .await
                .map_err(|error| gate_not_done(&error))?;
            let gates = views.into_iter().map(|view| Gate {
                gate: view.gate,
                title: view.title.expose().clone(),
                added_at: view.added_at.rfc3339(),
                revoked_at: view.revoked_at.map(Timestamp::rfc3339),
                said: view.said.map(|said| GateSaid {
                    at: said.at.rfc3339(),
                    clear_until: said.clear_until.rfc3339(),
                    certificate_until: said.certificate_until.rfc3339(),
                }),
            });
            Ok(Answer::Gates(GateList { gates: gates.collect() }))
        }
        Request::GateRevoke { gate } => {
            revoke(flow, &Actor::Operator, gate)
                .await
                .map_err(|error| gate_not_done(&error))?;
            Ok(Answer::GateRevoked(GateRevoked { revoked: gate }))
        }
        Request::Erase {
            target,
            id,
            reason,
            authority,
            keep,
            ground,
        } => {
            let keep = Keep {
                messages: &keep,
                ground: ground.as_deref(),
            };
            erasing::erase(flow, target, &id, reason, &authority, keep).await
        }
        Request::ErasePreview { target, id, after } => erasing::preview(flow, target, &id, after).await,
        Request::HoldPlace { target, id, authority } => holding::place(flow, target, &id, &authority).await,
        Request::HoldRelease { hold } => holding::release(flow, hold).await,
        Request::HoldList { before, limit } => holding::list(flow, before, limit).await,
        Request::ErasureShow { erasure } => erasing::show(flow, erasure).await,
        Request::ErasureList { before, limit } => erasing::list(flow, before, limit).await,
        Request::ErasureChallenged { erasure, attempts } => erasing::challenge(flow, erasure, &attempts).await,
        Request::BackupEnter { backup, whereabouts } => backups::enter(flow, &backup, &whereabouts).await,
        Request::BackupShow { backup } => backups::show(flow, backup).await,
        Request::BackupList { before, limit } => backups::list(flow, before, limit).await,
        Request::BackupDrilled { backup, sound, opened } => backups::drill(flow, backup, sound, opened).await,
        Request::EpochRetire { authority } => retiring::retire(flow, &authority).await,
        Request::EpochList => retiring::list(flow).await,
        Request::LogRotate => rotating::rotate(flow).await,
        Request::Invite { name, roles } => {
            let roles = roles
                .iter()
                .map(|role| role_named(role))
                .collect::<Result<Vec<_>, _>>()?;
            let invitation = invite(flow, &Actor::Operator, &name, &roles)
                .await
                .map_err(|error| match error {
                    InviteError::Unavailable(error) => chain(&error),
                    other => other.to_string(),
                })?;
            Ok(Answer::Invited(Invited {
                person: invitation.person,
                path: format!("/join/{}", invitation.token.reveal()),
                expires_at: invitation.expires_at.rfc3339(),
            }))
        }
        Request::IntakeKept { after, limit } => {
            let list = kept(flow, after, limit).await.map_err(|error| chain(&error))?;
            let items = list.items.into_iter().map(|item| KeptItem {
                id: item.id,
                connection: item.connection,
                reason: item.reason.to_owned(),
                sealed_bytes: item.sealed_bytes,
                recorded_at: item.recorded_at.rfc3339(),
                review_at: item.review_at.rfc3339(),
            });
            Ok(Answer::Kept(KeptList {
                reasons: list
                    .reasons
                    .into_iter()
                    .map(|(reason, count)| (reason.to_owned(), count))
                    .collect(),
                items: items.collect(),
                next: list.next,
            }))
        }
        Request::IntakeStats => {
            let stats = stats(flow).await.map_err(|error| chain(&error))?;
            let kinds = stats.kinds.into_iter().map(|(kind, count)| {
                let outcomes = Outcomes {
                    recorded: count.recorded,
                    kept: count.kept,
                    repeated: count.repeated,
                };
                (kind, outcomes)
            });
            Ok(Answer::Intake(Intake {
                posts: stats.posts,
                spooled: stats.spooled,
                waiting: stats.waiting,
                postponed: stats.postponed,
                kinds: kinds.collect(),
            }))
        }
    }
}

async fn connection_add(flow: &Flow, mut new: NewConnection) -> Result<Answer, String> {
    let take = |text: &mut String| Secret::new(std::mem::take(text));
    let wanted = connect::NewConnection {
        title: new.title.clone(),
        app_secret: take(&mut new.app_secret),
        previous_app_secret: new.previous_app_secret.take().map(Secret::new),
        verify_token: take(&mut new.verify_token),
        access_token: take(&mut new.access_token),
        graph_url: new.graph_url.clone(),
        graph_version: new.graph_version.clone(),
        phone_number_id: new.phone_number_id.clone(),
        display_number: new.display_number.clone(),
    };
    let connect::Connected { connection, channel } = connect::connect(flow, &Actor::Operator, wanted)
        .await
        .map_err(|error| unconnected(&error))?;
    Ok(Answer::Connected(Connected {
        connection,
        channel,
        hook: hook(connection),
    }))
}

/// The path that the provider posts to.
fn hook(connection: ConnectionId) -> String {
    format!("/hooks/whatsapp/{connection}")
}

fn role_named(name: &str) -> Result<Role, String> {
    match name {
        "agent" => Ok(Role::Agent),
        "supervisor" => Ok(Role::Supervisor),
        "administrator" => Ok(Role::Administrator),
        _ => Err("a role is agent, supervisor or administrator".to_owned()),
    }
}

fn gate_not_done(error: &GateError) -> String {
    match error {
        GateError::Unavailable(error) => chain(error),
        other => other.to_string(),
    }
}

fn unconnected(error: &ConnectError) -> String {
    match error {
        ConnectError::Unavailable(error) => chain(error),
        other => other.to_string(),
    }
}
