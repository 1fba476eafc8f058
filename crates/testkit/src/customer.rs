//! The other side: a simulated provider with customers, connected to an installation as an operator connects the real one.

use crate::installation::Installation;
use crate::patience::{AMPLE, until};
use anyhow::{Context, Result};
use counterfoil_simulator::{CustomerId, CustomerProfile, Reading, SimClock, Simulator, SimulatorOptions};

/// What the provider and the installation agree on.
pub struct Agreed<'a> {
    /// What the connection is called.
    pub title: &'a str,
    /// The provider's id of the number.
    pub phone_number_id: &'a str,
    /// The number as it is shown.
    pub display_number: &'a str,
    /// Signs the webhooks.
    pub app_secret: &'a str,
    /// Signed them before.
    pub previous_app_secret: &'a str,
    /// Sent in the handshake.
    pub verify_token: &'a str,
    /// What the API lets us in by.
    pub access_token: &'a str,
}

impl Agreed<'_> {
    /// Nothing in particular.
    pub fn plain() -> Self {
        Self {
            title: "Claims",
            phone_number_id: "106540352242922",
            display_number: "+27 10 555 0100",
            app_secret: "an app secret of the stories",
            previous_app_secret: "an app secret of the stories before",
            verify_token: "a verify token of the stories",
            access_token: "an access token of the stories",
        }
    }

    /// Starts a provider that agrees.
    ///
    /// # Errors
    /// When it cannot listen.
    pub async fn provider(&self) -> Result<Simulator> {
        let options = SimulatorOptions {
            app_secret: self.app_secret.to_owned(),
            verify_token: self.verify_token.to_owned(),
            access_token: self.access_token.to_owned(),
            phone_number_id: self.phone_number_id.to_owned(),
            display_phone_number: self.display_number.chars().filter(char::is_ascii_digit).collect(),
            waba_id: "102290129340398".to_owned(),
            webhook_url: None,
            clock: SimClock::system(),
            seed: 4711,
        };
        Ok(Simulator::start(options).await?)
    }

    /// Connects the installation to the Cloud API at `graph_url`; the address of its hook.
    ///
    /// # Errors
    /// When the program refuses.
    pub async fn connect(&self, installation: &Installation, graph_url: &str) -> Result<String> {
        let mut arguments = vec!["connection", "add", "--json", "--graph-url", graph_url];
        let files = [
            ("--app-secret-file", "app-secret", self.app_secret),
            (
                "--previous-app-secret-file",
                "previous-app-secret",
                self.previous_app_secret,
            ),
            ("--verify-token-file", "verify-token", self.verify_token),
            ("--access-token-file", "access-token", self.access_token),
        ];
        for (option, name, secret) in files {
            installation.secret(name, secret)?;
            arguments.extend([option, name]);
        }
        arguments.extend(["--title", self.title, "--phone-number-id", self.phone_number_id]);
        arguments.extend(["--display-number", self.display_number]);
        // A server that has just begun to answer may not have its database yet.
        let connected = async || match installation.json(&arguments).await {
            Err(error) if format!("{error:#}").contains("does not answer yet") => Ok(None),
            answered => Ok(Some(answered)),
        };
        let connected = until("the database to be there", AMPLE, connected).await?.0?;
        let hook = connected["hook"].as_str().context("connection add names a hook")?;
        Ok(format!("{}{hook}", installation.address))
    }
}

/// A customer with this name and number who reads whatever comes.
///
/// # Errors
/// When the number is none.
pub fn customer(provider: &Simulator, name: &str, number: &str) -> Result<CustomerId> {
    let customer = CustomerId::parse(number)?;
    provider.set_customer(
        &customer,
        CustomerProfile {
            reading: Reading::Always,
            ..CustomerProfile::named(name)
        },
    );
    Ok(customer)
}
