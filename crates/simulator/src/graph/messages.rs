//! `POST /<number id>/messages`: send, mark as read, show "typing".

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::faults::{Refusal, SendFault};
use crate::graph::errors::GraphError;
use crate::graph::forms::{self, Form};
use crate::graph::{access, content, json_of, note, own_number, success};
use crate::ids::{CustomerId, Wamid};
use crate::listener::HangUp;
use crate::message::{Direction, SimContent, SimMessage, Ticks};
use crate::requests::ApiCallKind;
use crate::state::Shared;
use crate::webhooks::{Travel, travel};

/// A customer's message opens the window for this long.
const WINDOW_SECONDS: i64 = 24 * 60 * 60;

/// How long "typing" is shown (Cloud API, Typing indicators, 2025: until the answer, 25 seconds at most).
const TYPING: Duration = Duration::from_secs(25);
const TYPING_MICROS: i64 = 25_000_000;

/// Where a message goes: the customer, and how they were addressed.
struct Address {
    customer: CustomerId,
    input: String,
    by_user_id: bool,
}

pub(crate) async fn send(
    State(shared): State<Arc<Shared>>,
    Path((_version, object)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, GraphError> {
    own_number(&shared, &object, "post")?;
    let body = json_of(&body)?;
    if body
        .get("appsecret_proof")
        .and_then(Value::as_str)
        .is_some_and(|proof| !access::proof_fits(&shared, proof))
    {
        return Err(GraphError::bad_proof());
    }
    if body.get("status").is_some() {
        return mark_read(&shared, &body);
    }
    let fault = shared.lock().faults.take_send();
    match fault {
        Some(SendFault::Refused(refusal)) => {
            note_send(&shared, &body, None, None, fault);
            Err(GraphError::refused(refusal))
        }
        Some(SendFault::LostRequest) => {
            note_send(&shared, &body, None, None, fault);
            std::future::pending().await
        }
        Some(SendFault::BreaksBefore) => {
            note_send(&shared, &body, None, None, fault);
            Ok(HangUp.into_response())
        }
        Some(SendFault::LostAnswer) => {
            accept(&shared, &body, fault)?;
            std::future::pending().await
        }
        Some(SendFault::BreaksAfter) => {
            accept(&shared, &body, fault)?;
            Ok(HangUp.into_response())
        }
        Some(SendFault::FailsLater(_)) | None => accept(&shared, &body, fault),
    }
}

fn accept(shared: &Arc<Shared>, body: &Value, fault: Option<SendFault>) -> Result<Response, GraphError> {
    let checked = check(shared, body);
    let (address, content, quote) = match checked {
        Ok(parts) => parts,
        Err(error) => {
            note_send(shared, body, None, None, fault);
            return Err(error);
        }
    };
    let at_micros = shared.clock.now_micros();
    let id = shared.lock().dice.wamid_from_business(&address.customer);
    note_send(shared, body, Some(&address.customer), Some(&id), fault);
    let answer = answer(&address, &id, &content);
    let fails = match fault {
        Some(SendFault::FailsLater(refusal)) => Some(refusal),
        _ => stopped(shared, &address.customer, &content),
    };
    let message = SimMessage {
        id,
        direction: Direction::FromBusiness,
        at_micros,
        content,
        quote,
        ticks: Ticks::Sent,
        reaction: None,
    };
    let callback_data = body
        .get("biz_opaque_callback_data")
        .and_then(Value::as_str)
        .map(str::to_owned);
    travel(
        shared,
        Travel {
            customer: address.customer,
            message,
            callback_data,
            fails,
        },
    );
    Ok(Json(answer).into_response())
}

/// The form first, which needs no memory; then what depends on who and what is known here.
fn check(shared: &Shared, body: &Value) -> Result<(Address, SimContent, Option<Wamid>), GraphError> {
    let form = forms::check(body).map_err(|misfit| GraphError::misfit(&misfit))?;
    if body["recipient_type"] == "group" {
        return Err(GraphError::value("No group of this number has the id in to."));
    }
    let address = address(shared, body)?;
    let content = content::content(shared, form, body)?;
    let content = content.ok_or_else(|| GraphError::value("This is not a message."))?;
    let quote = body["context"]["message_id"].as_str().map(Wamid::new);
    check_target_and_window(shared, &address.customer, &content)?;
    check_rates(shared, &address.customer)?;
    Ok((address, content, quote))
}

fn check_target_and_window(shared: &Shared, customer: &CustomerId, content: &SimContent) -> Result<(), GraphError> {
    let now = shared.clock.now_seconds();
    let mut state = shared.lock();
    let faults = state.faults.standing;
    let phone = state.phone(customer);
    if let SimContent::Reaction { to, .. } = content {
        let target = phone.message(to).map(|message| &message.content);
        if matches!(target, None | Some(SimContent::Reaction { .. })) {
            return Err(GraphError::value(
                "The message that the reaction is for does not exist or cannot be reacted to.",
            ));
        }
    }
    let open = phone
        .last_wrote_seconds
        .is_some_and(|wrote| now - wrote < WINDOW_SECONDS);
    if faults.enforce_window && !open && !matches!(content, SimContent::Template { .. }) {
        return Err(GraphError::refused(Refusal::WindowClosed));
    }
    Ok(())
}

/// How fast the business writes: over the number, and to this person. What is refused is not counted.
fn check_rates(shared: &Shared, customer: &CustomerId) -> Result<(), GraphError> {
    let now = shared.clock.now_micros();
    let mut state = shared.lock();
    let faults = state.faults.standing;
    if faults
        .throughput
        .is_some_and(|most| !state.throughput.admits(now, most))
    {
        return Err(GraphError::refused(Refusal::Throughput));
    }
    if !state.phone(customer).rate.admits(now) && faults.enforce_pair_rate {
        return Err(GraphError::refused(Refusal::PairRate));
    }
    state.throughput.count(now);
    Ok(())
}

/// Marketing to who wants none is accepted and fails afterwards, as on the platform.
fn stopped(shared: &Shared, customer: &CustomerId, content: &SimContent) -> Option<Refusal> {
    let state = shared.lock();
    let marketing = match content {
        SimContent::Template { name, .. } => state.marketing_templates.contains(name),
        _ => false,
    };
    let stopped = state
        .phone_if_known(customer)
        .is_some_and(|phone| phone.stopped_marketing);
    (marketing && stopped).then_some(Refusal::MarketingStopped)
}

/// `to` (a number) wins over `recipient` (a business-scoped user id).
fn address(shared: &Shared, body: &Value) -> Result<Address, GraphError> {
    if let Some(input) = body["to"].as_str() {
        let customer = CustomerId::parse(input)
            .map_err(|_| GraphError::value("Recipient phone number is not a valid phone number."))?;
        if customer.as_str() == shared.options.display_phone_number {
            return Err(GraphError::sender_is_recipient());
        }
        return Ok(Address {
            customer,
            input: input.to_owned(),
            by_user_id: false,
        });
    }
    let input = body["recipient"].as_str().unwrap_or_default().to_owned();
    let customer = shared.lock().customer_by_user_id(&input);
    let customer = customer.ok_or_else(|| GraphError::refused(Refusal::Undeliverable))?;
    Ok(Address {
        customer,
        input,
        by_user_id: true,
    })
}

fn answer(address: &Address, id: &Wamid, content: &SimContent) -> Value {
    let contact = if address.by_user_id {
        json!({ "input": address.input, "user_id": address.input })
    } else {
        json!({ "input": address.input, "wa_id": address.customer.as_str() })
    };
    let mut message = json!({ "id": id.as_str() });
    if matches!(content, SimContent::Template { .. }) {
        message["message_status"] = json!("accepted");
    }
    json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [message] })
}

fn mark_read(shared: &Arc<Shared>, body: &Value) -> Result<Response, GraphError> {
    let form = forms::check(body).map_err(|misfit| GraphError::misfit(&misfit))?;
    let id = Wamid::new(body["message_id"].as_str().unwrap_or_default());
    let typing = form == Form::Typing;
    let now = shared.clock.now_micros();
    let reader = {
        let mut state = shared.lock();
        let reader = state.author(&id);
        if let Some(customer) = &reader {
            let phone = state.phone(customer);
            phone.read_by_business(&id);
            if typing {
                phone.typing_until_micros = now + TYPING_MICROS;
            }
        }
        reader
    };
    note(shared, ApiCallKind::MarkRead { id, typing }, reader.is_some());
    let customer = reader.ok_or_else(|| GraphError::parameter("No message of a customer has this message_id."))?;
    shared.changed(&customer);
    if typing {
        let task = Arc::clone(shared);
        shared.background.spawn(async move {
            task.clock.sleep(TYPING).await;
            task.changed(&customer);
        });
    }
    Ok(success())
}

fn note_send(shared: &Shared, body: &Value, to: Option<&CustomerId>, id: Option<&Wamid>, fault: Option<SendFault>) {
    note(
        shared,
        ApiCallKind::Send {
            to: to.cloned(),
            id: id.cloned(),
            fault,
            body: body.clone(),
        },
        id.is_some(),
    );
}
