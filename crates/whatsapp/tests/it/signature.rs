//! The signature and the handshake.

use counterfoil_whatsapp::webhook::handshake::{self, CHALLENGE_LIMIT_BYTES};
use counterfoil_whatsapp::webhook::{AppSecret, Handshake, HandshakeError, SignatureError, VerifyToken, sign, verify};

#[test]
fn a_known_signature_is_right() {
    // RFC 4231, test case 2.
    let header = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    let body = b"what do ya want for nothing?";
    let secret = AppSecret::new("Jefe");
    assert_eq!(sign(body, &secret), header);
    assert_eq!(verify(Some(header), body, &[&secret]), Ok(()));
    assert_eq!(
        verify(Some(&header.to_uppercase().replace("SHA", "sha")), body, &[&secret]),
        Ok(())
    );
}

#[test]
fn either_of_two_secrets_is_enough() {
    let (old, new) = (AppSecret::new("old"), AppSecret::new("new"));
    for signer in [&old, &new] {
        assert_eq!(verify(Some(&sign(b"{}", signer)), b"{}", &[&new, &old]), Ok(()));
    }
    assert_eq!(
        verify(Some(&sign(b"{}", &old)), b"{}", &[&new]),
        Err(SignatureError::Wrong)
    );
    assert_eq!(verify(Some(&sign(b"{}", &old)), b"{}", &[]), Err(SignatureError::Wrong));
}

#[test]
fn other_headers_and_bodies_are_refused() {
    let secret = AppSecret::new("secret");
    let right = sign(b"{}", &secret);
    let short = &right[..right.len() - 1];
    let long = format!("{right}0");
    for (header, body, why) in [
        (None, b"{}".as_slice(), SignatureError::Missing),
        (Some(""), b"{}", SignatureError::Malformed),
        (Some("sha1=aa"), b"{}", SignatureError::Malformed),
        (Some(short), b"{}", SignatureError::Malformed),
        (Some(long.as_str()), b"{}", SignatureError::Malformed),
        (Some(right.as_str()), b"{} ", SignatureError::Wrong),
        (Some(right.as_str()), b"", SignatureError::Wrong),
    ] {
        assert_eq!(verify(header, body, &[&secret]), Err(why));
    }
}

#[test]
fn a_handshake_is_answered_with_its_challenge() {
    let token = VerifyToken::new("agreed");
    let right = Handshake {
        mode: Some("subscribe"),
        verify_token: Some("agreed"),
        challenge: Some("1158201444"),
    };
    assert_eq!(handshake::answer(right, &token), Ok("1158201444"));
    let long = "1".repeat(CHALLENGE_LIMIT_BYTES + 1);
    for (handshake, why) in [
        (Handshake { mode: None, ..right }, HandshakeError::Mode),
        (
            Handshake {
                mode: Some("unsubscribe"),
                ..right
            },
            HandshakeError::Mode,
        ),
        (
            Handshake {
                verify_token: None,
                ..right
            },
            HandshakeError::Token,
        ),
        (
            Handshake {
                verify_token: Some("agreeD"),
                ..right
            },
            HandshakeError::Token,
        ),
        (
            Handshake {
                challenge: None,
                ..right
            },
            HandshakeError::Challenge,
        ),
        (
            Handshake {
                challenge: Some(""),
                ..right
            },
            HandshakeError::Challenge,
        ),
        (
            Handshake {
                challenge: Some("<script>"),
                ..right
            },
            HandshakeError::Challenge,
        ),
        (
            Handshake {
                challenge: Some(&long),
                ..right
            },
            HandshakeError::Challenge,
        ),
    ] {
        assert_eq!(handshake::answer(handshake, &token), Err(why));
    }
    assert_eq!(
        handshake::answer(
            Handshake {
                verify_token: Some(""),
                ..right
            },
            &VerifyToken::new("")
        ),
        Err(HandshakeError::Token)
    );
}
