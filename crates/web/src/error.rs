//! Every error of a use case as HTTP: one table of codes, one mapping. Errors do not know HTTP; this file knows errors.
//!
//! A handler answers with a [`Failure`]; the door it went through (pages, fragments, API, hooks) writes it in its own way. The code is
//! stable and part of the API. The words stand in `locales/` as `error-<code>` and `error-<code>-next`. A failure never carries content.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_flow::connections::connect::ConnectError;
use counterfoil_flow::connections::told::ToldError;
use counterfoil_flow::context::Unavailable;
use counterfoil_flow::filing::FileError;
use counterfoil_flow::intake::accept::AcceptError;
use counterfoil_flow::outbound::WriteError;
use counterfoil_flow::people::invite::InviteError;
use counterfoil_flow::people::join::JoinError;
use counterfoil_flow::people::sign_in::SignInError;
use counterfoil_flow::reading::ReadError;
use counterfoil_model::Timestamp;
use std::error::Error;

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident $status:ident $code:literal)*) => {
        /// What can go wrong, as callers see it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Problem { $($(#[$doc])* $name),* }

        impl Problem {
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),*];

            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),* }
            }

            pub(crate) const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }
        }
    };
}

problems! {
    NotFound NOT_FOUND "not_found"
    NotAllowed FORBIDDEN "not_allowed"
    Erased GONE "erased"
    Altered INTERNAL_SERVER_ERROR "altered"
    Unavailable SERVICE_UNAVAILABLE "unavailable"
    Busy SERVICE_UNAVAILABLE "busy"
    ConnectionUnknown NOT_FOUND "connection_unknown"
    SignatureWrong UNAUTHORIZED "signature_wrong"
    NothingToSend UNPROCESSABLE_ENTITY "nothing_to_send"
    TextTooLong UNPROCESSABLE_ENTITY "text_too_long"
    WindowClosed CONFLICT "window_closed"
    FileNotAllowed UNPROCESSABLE_ENTITY "file_not_allowed"
    FileTooLarge PAYLOAD_TOO_LARGE "file_too_large"
    QuotedNotFound UNPROCESSABLE_ENTITY "quoted_not_found"
    KeyReused CONFLICT "key_reused"
    KeyMalformed BAD_REQUEST "key_malformed"
    OnItsWay CONFLICT "on_its_way"
    NotAClaim UNPROCESSABLE_ENTITY "not_a_claim"
    FilingNotSetUp CONFLICT "filing_not_set_up"
    FieldMalformed UNPROCESSABLE_ENTITY "field_malformed"
    NumberTaken CONFLICT "number_taken"
    InvitationIncomplete UNPROCESSABLE_ENTITY "invitation_incomplete"
    LinkDead GONE "link_dead"
    LoginTaken CONFLICT "login_taken"
    PasswordWeak UNPROCESSABLE_ENTITY "password_weak"
    SignInWrong UNAUTHORIZED "sign_in_wrong"
    SignInBlocked TOO_MANY_REQUESTS "sign_in_blocked"
    SignInNeeded UNAUTHORIZED "sign_in_needed"
    CrossSite FORBIDDEN "cross_site"
    TooLarge PAYLOAD_TOO_LARGE "too_large"
    BrokenOff BAD_REQUEST "broken_off"
    Malformed BAD_REQUEST "malformed"
    MethodNotAllowed METHOD_NOT_ALLOWED "method_not_allowed"
    Internal INTERNAL_SERVER_ERROR "internal"
}

/// A fact that belongs to a problem and is not content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Detail {
    None,
    /// How many characters or bytes there may be.
    Limit(u64),
    /// When the contact last wrote.
    LastInbound(Option<Timestamp>),
    /// Until when it is closed.
    Until(Timestamp),
    /// Which field.
    Field(&'static str),
    /// Which field of a call, by the name that the caller gave it; told to the caller alone.
    Named(String),
}

/// Why a request was not done, ready to be answered by the door it came through.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) problem: Problem,
    pub(crate) detail: Detail,
    /// What lay beneath, for the log only.
    pub(crate) cause: Option<String>,
}

impl Failure {
    pub(crate) const fn of(problem: Problem) -> Self {
        Self {
            problem,
            detail: Detail::None,
            cause: None,
        }
    }

    const fn with(problem: Problem, detail: Detail) -> Self {
        Self {
            problem,
            detail,
            cause: None,
        }
    }

    pub(crate) const fn code(&self) -> &'static str {
        self.problem.code()
    }

    pub(crate) const fn too_large() -> Self {
        Self::of(Problem::TooLarge)
    }

    pub(crate) const fn busy() -> Self {
        Self::of(Problem::Busy)
    }

    pub(crate) const fn broken_off() -> Self {
        Self::of(Problem::BrokenOff)
    }

    pub(crate) const fn not_found() -> Self {
        Self::of(Problem::NotFound)
    }

    pub(crate) const fn malformed() -> Self {
        Self::of(Problem::Malformed)
    }

    pub(crate) const fn malformed_in(field: String) -> Self {
        Self::with(Problem::Malformed, Detail::Named(field))
    }

    /// After how many seconds asking again makes sense.
    pub(crate) fn retry_after(&self, now: Timestamp) -> Option<u64> {
        match (self.problem, &self.detail) {
            (Problem::SignInBlocked, Detail::Until(until)) => Some(until.since(now).as_secs().max(1)),
            (Problem::Busy, _) => Some(1),
            (Problem::Unavailable, _) => Some(5),
            _ => None,
        }
    }
}

/// A bare answer that carries the failure; the door's layer writes the body.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.problem.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Unavailable> for Failure {
    fn from(error: Unavailable) -> Self {
        let mut failure = Self::of(Problem::Unavailable);
        failure.cause = Some(chain(&error));
        failure
    }
}

/// All layers of an error in one line.
fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut below = error.source();
    while let Some(source) = below {
        line.push_str(": ");
        line.push_str(&source.to_string());
        below = source.source();
    }
    line
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotFound => Self::of(Problem::NotFound),
            ReadError::Refused => Self::of(Problem::NotAllowed),
            ReadError::Erased => Self::of(Problem::Erased),
            ReadError::Altered => Self::of(Problem::Altered),
            ReadError::Unavailable(error) => error.into(),
        }
    }
}

impl From<AcceptError> for Failure {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::UnknownConnection => Self::of(Problem::ConnectionUnknown),
            AcceptError::Signature => Self::of(Problem::SignatureWrong),
            AcceptError::Busy => Self::of(Problem::Busy),
            AcceptError::NoKit => Self {
                cause: Some(error.to_string()),
                ..Self::of(Problem::Unavailable)
            },
            AcceptError::Unavailable(error) => error.into(),
        }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::NotFound => Self::of(Problem::NotFound),
            WriteError::Refused => Self::of(Problem::NotAllowed),
            WriteError::Empty => Self::of(Problem::NothingToSend),
            WriteError::TooLong { limit } => Self::with(Problem::TextTooLong, Detail::Limit(limit as u64)),
            WriteError::WindowClosed { last_inbound_at } => {
                Self::with(Problem::WindowClosed, Detail::LastInbound(last_inbound_at))
            }
            WriteError::FileNotAllowed => Self::of(Problem::FileNotAllowed),
            WriteError::FileTooLarge { limit_bytes } => Self::with(Problem::FileTooLarge, Detail::Limit(limit_bytes)),
            WriteError::QuotedNotFound => Self::of(Problem::QuotedNotFound),
            WriteError::KeyReused => Self::of(Problem::KeyReused),
            WriteError::OnItsWay => Self::of(Problem::OnItsWay),
            WriteError::KeyMalformed => Self::of(Problem::KeyMalformed),
            WriteError::Unavailable(error) => error.into(),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        match error {
            FileError::NotFound => Self::of(Problem::NotFound),
            FileError::Refused => Self::of(Problem::NotAllowed),
            FileError::NotAReference => Self::of(Problem::NotAClaim),
            FileError::NotSetUp => Self::of(Problem::FilingNotSetUp),
            FileError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Refused => Self::of(Problem::NotAllowed),
            ConnectError::Malformed(field) => Self::with(Problem::FieldMalformed, Detail::Field(field)),
            ConnectError::NumberTaken => Self::of(Problem::NumberTaken),
            ConnectError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ToldError> for Failure {
    fn from(error: ToldError) -> Self {
        match error {
            ToldError::Refused => Self::of(Problem::NotAllowed),
            ToldError::Unavailable(error) => error.into(),
        }
    }
}

impl From<InviteError> for Failure {
    fn from(error: InviteError) -> Self {
        match error {
            InviteError::Refused => Self::of(Problem::NotAllowed),
            InviteError::Incomplete => Self::of(Problem::InvitationIncomplete),
            InviteError::Unavailable(error) => error.into(),
        }
    }
}

impl From<JoinError> for Failure {
    fn from(error: JoinError) -> Self {
        match error {
            JoinError::LinkDead => Self::of(Problem::LinkDead),
            JoinError::LoginTaken => Self::of(Problem::LoginTaken),
            JoinError::PasswordWeak => Self::of(Problem::PasswordWeak),
            JoinError::Unavailable(error) => error.into(),
        }
    }
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Wrong => Self::of(Problem::SignInWrong),
            SignInError::Blocked { until } => Self::with(Problem::SignInBlocked, Detail::Until(until)),
            SignInError::Unavailable(error) => error.into(),
        }
    }
}
