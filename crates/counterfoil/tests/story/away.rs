//! Taking the database of an installation away and bringing it back, as it happens on each engine.

use crate::PROGRAM;
use crate::poster::health;
use anyhow::{Context, Result};
use counterfoil_testkit::hold::Hold;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::postgres::Server;
use counterfoil_testkit::wire::Wire;

/// A way to take the database away and to bring it back.
pub(crate) enum Away {
    /// PostgreSQL: the wire to it is cut.
    Wire(Wire),
    /// PostgreSQL: the server is stopped.
    Server(Server),
    /// SQLite: somebody else holds the file.
    File(Option<Hold>),
}

impl Away {
    /// Made before the server starts.
    pub(crate) async fn of(installation: &mut Installation, engine: Engine) -> Result<Self> {
        if engine == Engine::Sqlite {
            return Ok(Self::File(None));
        }
        let wire = Wire::to(&installation.databases[0].server()).await?;
        installation.reach_through(&wire)?;
        Ok(Self::Wire(wire))
    }

    /// An installation on a server of its own, which can be stopped.
    pub(crate) async fn with_server() -> Result<(Installation, Self)> {
        let server = Server::begun().await?;
        let choices = Choices {
            server: Some(server.url()),
            ..Choices::plain(PROGRAM, Engine::Postgres)
        };
        Ok((Installation::make(choices).await?, Self::Server(server)))
    }

    /// It goes.
    pub(crate) async fn begins(&mut self, installation: &Installation) -> Result<()> {
        match self {
            Self::Wire(wire) => wire.cut().await,
            Self::Server(server) => server.stop(),
            Self::File(hold) => {
                *hold = Some(Hold::writing(&installation.data().join("data.db")).await?);
                Ok(())
            }
        }
    }

    /// It is back.
    pub(crate) async fn ends(&mut self) -> Result<()> {
        match self {
            Self::Wire(wire) => wire.mend().await,
            Self::Server(server) => server.start().await,
            Self::File(hold) => match hold.take() {
                Some(hold) => hold.release().await,
                None => Ok(()),
            },
        }
    }
}

/// Waits until health says this.
pub(crate) async fn state(installation: &Installation, wanted: &str) -> Result<()> {
    let there = async || Ok((health(installation).await?["state"] == wanted).then_some(()));
    let waited = until(&format!("health to say {wanted}"), AMPLE * 2, there).await;
    waited.with_context(|| installation.last_words())?;
    Ok(())
}
