//! tidy
pub(crate) fn tidy() -> anyhow::Result<()> {
    Ok(())
}
pub(crate) fn readme_commands(_: &str) -> Result<[String; 2], String> {
    Err(String::new())
}
