//! Serves every sample page on loopback, to be looked at: `cargo run -p counterfoil-web --features samples --example gallery`, then
//! `http://127.0.0.1:8099/en/machine/inbox-thread`. For developers only; nothing of it is in the product.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use counterfoil_web::{Language, samples};

const PICTURE: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 420"><rect width="640" height="420" fill="#8fb3c9"/><path d="M0 300 90 120h460l90 180v120H0z" fill="#3d4a52"/><path d="M110 140h420l70 150H40z" fill="#cfe3ec"/><path d="m300 150 20 60-40 30 70 20-30 40M320 210l60-20M280 240l-50 20" stroke="#fff" stroke-width="4" fill="none"/></svg>"##;

async fn page(Path((language, look, name)): Path<(String, String, String)>) -> Response {
    let language = Language::from_tag(&language).unwrap_or(Language::English);
    let found = samples::all(language, &look)
        .into_iter()
        .find(|sample| sample.name == name);
    found.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |sample| Html(sample.html).into_response(),
    )
}

async fn list() -> Html<String> {
    let mut links = String::new();
    for sample in samples::all(Language::English, "machine") {
        for language in ["en", "hi", "ar"] {
            links.push_str(&format!(
                "<li><a href=\"/{language}/machine/{0}\">{language} {0}</a></li>",
                sample.name
            ));
        }
    }
    Html(format!("<!doctype html><meta charset=\"utf-8\"><ul>{links}</ul>"))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let pages = Router::new()
        .route("/", get(list))
        .route("/{language}/{look}/{name}", get(page))
        .route("/assets/{version}/{name}", get(samples::asset))
        .route(
            "/attachments/{id}/content",
            get(|| async { ([(CONTENT_TYPE, "image/svg+xml")], PICTURE) }),
        );
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 8099)).await?;
    axum::serve(listener, pages).await
}
