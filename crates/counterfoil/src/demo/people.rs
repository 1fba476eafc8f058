//! The staff of the demo: the agent whom the visitor plays, and colleagues who answered before.

use crate::system::System;
use anyhow::Context;
use counterfoil_flow::Flow;
use counterfoil_flow::people::invite::invite;
use counterfoil_flow::people::join::join;
use counterfoil_flow::people::session::session;
use counterfoil_model::Secret;
use counterfoil_model::person::Role;
use counterfoil_policy::{Actor, Staff};

/// The agent whom the visitor plays.
const VISITOR: &str = "Naledi Dlamini";

/// How somebody signs in.
pub(super) struct SignIn {
    /// The sign-in name.
    pub(super) login: String,
    /// The password, known to this process alone.
    pub(super) password: Secret,
}

/// Makes the agent whom the visitor plays.
pub(super) async fn visitor(flow: &Flow, system: &System) -> anyhow::Result<SignIn> {
    Ok(employ(flow, system, VISITOR).await?.0)
}

/// Makes a colleague called `name`.
pub(super) async fn colleague(flow: &Flow, system: &System, name: &str) -> anyhow::Result<Staff> {
    Ok(employ(flow, system, name).await?.1)
}

async fn employ(flow: &Flow, system: &System, name: &str) -> anyhow::Result<(SignIn, Staff)> {
    let random = || format!("{:032x}", u128::from_be_bytes(system.random.array::<16>()));
    let first = name.split(' ').next().unwrap_or(name).to_lowercase();
    let sign_in = SignIn {
        login: format!("{first}-{}", &random()[..6]),
        password: Secret::new(random()),
    };
    let invitation = invite(flow, &Actor::Operator, name, &[Role::Agent])
        .await
        .context("nobody could be invited")?;
    let joined = join(flow, &invitation.token, &sign_in.login, &sign_in.password)
        .await
        .context("nobody could join")?;
    let staff = session(flow, &joined.token)
        .await?
        .context("whoever joined has no session")?;
    Ok((sign_in, staff))
}
