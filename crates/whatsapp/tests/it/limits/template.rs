//! Limits of the values of templates.

use counterfoil_whatsapp::limits::{LimitError, Part, check};
use counterfoil_whatsapp::message::{
    ButtonValue, CardHeader, OutboundContent, Recipient, Template, TemplateButton, TemplateCard, TemplateHeader,
    Variable, Variables,
};

use super::{empty, form, out_of, too_long, too_many};
use crate::forms::template;

/// A template, bent; what its check says.
fn filled(bend: impl FnOnce(&mut Template)) -> Result<(), LimitError> {
    check(&template(bend))
}

#[test]
fn templates() {
    let button = |value: ButtonValue| filled(|template| template.buttons = vec![TemplateButton::new(0, value)]);
    let urls = |indices: &[u8]| {
        let url = |index: &u8| TemplateButton::new(*index, ButtonValue::Url("x".into()));
        filled(|template| template.buttons = indices.iter().map(url).collect())
    };
    assert_eq!(filled(|template| template.name = "a".repeat(512)), Ok(()));
    assert_eq!(
        filled(|template| template.name = "a".repeat(513)),
        too_long(Part::TemplateName, 512)
    );
    assert_eq!(
        filled(|template| template.name = "Claim".into()),
        Err(LimitError::Form(Part::TemplateName))
    );
    assert_eq!(
        filled(|template| template.language = String::new()),
        empty(Part::Language)
    );
    let header = |value: String| filled(|template| template.header = Some(TemplateHeader::Text { name: None, value }));
    assert_eq!(header("a".repeat(61)), too_long(Part::Header, 60));
    let body = |body: Variables| filled(|template| template.body = body);
    assert_eq!(
        body(Variables::numbered(["a".repeat(1025)])),
        too_long(Part::Variable, 1024)
    );
    assert_eq!(body(Variables::numbered([""])), empty(Part::Variable));
    assert_eq!(
        body(Variables::named([("a", "1"), ("a", "2")])),
        Err(LimitError::Repeated(Part::VariableName))
    );
    let money = Variable::Currency {
        fallback: "1".into(),
        code: "euro".into(),
        amount_thousandths: 1,
    };
    assert_eq!(
        body(Variables::Numbered(vec![money])),
        Err(LimitError::Form(Part::Variable))
    );
    assert_eq!(button(ButtonValue::Url("a".repeat(2001))), too_long(Part::Button, 2000));
    assert_eq!(button(ButtonValue::CopyCode("a".repeat(20))), Ok(()));
    assert_eq!(button(ButtonValue::CopyCode("a".repeat(21))), too_long(Part::Code, 20));
    assert_eq!(urls(&[0, 9]), Ok(()));
    assert_eq!(urls(&[0, 1, 2]), too_many(Part::Button, 0, 2));
    assert_eq!(urls(&[0, 0]), Err(LimitError::Repeated(Part::Button)));
    assert_eq!(urls(&[10]), out_of(Part::Button, 0, 9));
    let replies = |count: u8| {
        let reply = |index| TemplateButton::new(index, ButtonValue::QuickReply("x".into()));
        filled(|template| template.buttons = (0..count).map(reply).collect())
    };
    assert_eq!(replies(10), Ok(()));
    assert_eq!(replies(11), too_many(Part::Button, 0, 10));
    let cards = |headers: &[CardHeader]| {
        let card = |header: &CardHeader| TemplateCard {
            header: header.clone(),
            body: Variables::None,
            buttons: Vec::new(),
        };
        filled(|template| template.cards = headers.iter().map(card).collect())
    };
    let (image, video) = (CardHeader::Image("1".into()), CardHeader::Video("1".into()));
    assert_eq!(cards(&[image.clone(), image.clone()]), Ok(()));
    assert_eq!(cards(std::slice::from_ref(&image)), too_many(Part::CarouselCard, 2, 10));
    assert_eq!(cards(&[image, video]), Err(LimitError::Unlike(Part::CarouselCard)));
}

#[test]
fn one_time_codes_go_to_a_number_only() {
    let code = |code: &str| {
        let mut message = form("one_time_code.phone");
        if let OutboundContent::OneTimeCode(one) = &mut message.content {
            one.code = code.into();
        }
        message
    };
    assert_eq!(check(&code(&"1".repeat(15))), Ok(()));
    assert_eq!(check(&code(&"1".repeat(16))), too_long(Part::Code, 15));
    let mut message = code("123456");
    message.to = Recipient::UserId("US.1".into());
    assert_eq!(check(&message), Err(LimitError::NeedsPhoneNumber));
}
