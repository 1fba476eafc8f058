//! The example of the crate, the very same code, with a provider and a customer: it receives and it answers.

#[expect(dead_code, reason = "the example's own `main` is not called here")]
#[path = "../../examples/echo.rs"]
mod example;

use counterfoil_simulator::{ApiCallKind, Direction, SimClock, SimContent, Simulator, SimulatorOptions};
use counterfoil_testkit::patience::{AMPLE, until};
use example::Echo;
use tokio::net::TcpListener;
use url::Url;

fn options() -> SimulatorOptions {
    SimulatorOptions {
        app_secret: "app secret".into(),
        verify_token: "verify token".into(),
        access_token: "access token".into(),
        phone_number_id: "700".into(),
        display_phone_number: "15550100001".into(),
        waba_id: "100".into(),
        webhook_url: None,
        clock: SimClock::system(),
        seed: 1,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn channel_8_the_example_receives_and_answers() {
    let simulator = Simulator::start(options()).await.unwrap();
    let graph = Url::parse(&simulator.graph_url()).unwrap();
    let echo = Echo::new(graph, "access token", "app secret", "verify token").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hook = format!("http://{}/hook", listener.local_addr().unwrap());
    let serving = tokio::spawn(echo.serve(listener));
    simulator.subscribe(&hook).await.unwrap();

    let customer = simulator.first_customer().unwrap();
    let question = simulator.customer_text(&customer, "Is anybody there?", None).await;
    let (answer, _) = until("the answer", AMPLE, async || {
        let thread = simulator.thread(&customer);
        Ok(thread
            .into_iter()
            .find(|message| message.direction == Direction::FromBusiness))
    })
    .await
    .unwrap();
    assert_eq!(answer.content, SimContent::Text("Is anybody there?".into()));
    assert_eq!(answer.quote, Some(question.clone()));
    let read = simulator.requests().into_iter().any(|call| {
        call.kind
            == ApiCallKind::MarkRead {
                id: question.clone(),
                typing: true,
            }
    });
    assert!(read, "marked as read, and typing");

    // The statuses of the answer came in and were answered 200; nothing was answered twice.
    simulator.settled().await;
    let answers = simulator
        .thread(&customer)
        .into_iter()
        .filter(|message| message.direction == Direction::FromBusiness);
    assert_eq!(answers.count(), 1);
    serving.abort();
    simulator.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_takes_nothing_unsigned() {
    let simulator = Simulator::start(options()).await.unwrap();
    let graph = Url::parse(&simulator.graph_url()).unwrap();
    let echo = Echo::new(graph, "access token", "another secret", "another token").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hook = format!("http://{}/hook", listener.local_addr().unwrap());
    let serving = tokio::spawn(echo.serve(listener));
    assert!(simulator.subscribe(&hook).await.is_err(), "another verify token");
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .post(&hook)
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 403);
    serving.abort();
    simulator.shutdown().await;
}
