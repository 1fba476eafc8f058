//! Files of messages, and what is filed.

use super::{World, seal};
use aws_lc_rs::digest::{SHA256, digest};
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::attachment::AttachmentStep;
use counterfoil_model::filing::FilingStep;
use counterfoil_model::message::MessageKind;
use counterfoil_model::{
    AttachmentId, AttachmentStepId, BlobId, FilingId, FilingStepId, MessageId, ReferenceId, TreeId,
};
use counterfoil_store::rows::{AttachmentRow, AttachmentStepRow, FilingRow, FilingStepRow, ReferenceRow};
use counterfoil_store::{Unit, blob_name};
use counterfoil_vault::{Kind, Label, Lookup};

impl World<'_> {
    pub(super) async fn attachment(&mut self, unit: Unit, message: MessageId, tree: TreeId, n: usize) -> Unit {
        let at = self.now();
        let id = AttachmentId::new(at, self.random());
        let item = self.item(tree).await;
        let leaf = Self::leaf(LeafKind::Attachment, at, id.bytes()).follows(*message.bytes());
        let (about, leaf) = seal(
            &item,
            Kind::Attachment,
            id.bytes(),
            Label::About,
            leaf,
            &format!("{{\"n\":{n}}}").into_bytes(),
        );
        let row = AttachmentRow {
            id,
            message,
            position: 0,
            kind: MessageKind::Image,
            about,
            recorded_at: at,
        };
        let unit = unit.record(row, leaf);

        // One file of two chunks among small ones.
        let length = if n == 0 { 70_000 } else { 300 + n };
        let (blob, digest) = self.blob(tree, length).await;
        let step = AttachmentStepId::new(at, self.random());
        let item = self.item(tree).await;
        let leaf = Self::leaf(LeafKind::AttachmentStep, at, step.bytes())
            .follows(*id.bytes())
            .object(digest);
        let (held, leaf) = seal(
            &item,
            Kind::AttachmentStep,
            step.bytes(),
            Label::About,
            leaf,
            &b"{\"held\":true}".to_vec(),
        );
        let row = AttachmentStepRow {
            id: step,
            attachment: id,
            step: AttachmentStep::Fetched,
            failure: None,
            attempts: 1,
            blob: Some(blob),
            blob_digest: Some(digest),
            about: Some(held),
            at,
            recorded_at: at,
        };
        unit.record(row, leaf)
    }

    pub(super) async fn blob(&mut self, tree: TreeId, length: usize) -> (BlobId, [u8; 32]) {
        let blob = BlobId::new(self.now(), self.random());
        let item = self.item(tree).await;
        let place = counterfoil_vault::Place {
            kind: Kind::Blob,
            object: *blob.bytes(),
            label: Label::Blob,
        };
        let mut sealer = item.blob_sealer(place);
        let mut sealed = sealer.header();
        sealed.extend(sealer.push(&vec![0x5a; length]));
        sealed.extend(sealer.finish());
        let digest = digest(&SHA256, &sealed).as_ref().try_into().unwrap();
        self.opened.blobs.put(&blob_name(blob), sealed).await.unwrap();
        (blob, digest)
    }

    pub(super) async fn filing(&mut self, unit: Unit, message: MessageId, n: usize) -> Unit {
        let at = self.now();
        let reference = ReferenceId::new(at, self.random());
        let item = self.item(self.organisation).await;
        let leaf = Self::leaf(LeafKind::Reference, at, reference.bytes());
        let claim = format!("CLM-2026-{:03}{n:03}", self.conversations);
        let (value, leaf) = seal(&item, Kind::Reference, reference.bytes(), Label::Value, leaf, &claim);
        let row = ReferenceRow {
            id: reference,
            system: "pas".to_owned(),
            kind: "claim".to_owned(),
            lookup: self.opened.keyed(Lookup::Reference, &claim),
            value,
            recorded_at: at,
        };
        let unit = unit.record(row, leaf);
        let filing = FilingId::new(at, self.random());
        let leaf = Self::leaf(LeafKind::Filing, at, filing.bytes()).follows(*message.bytes());
        let unit = unit.record(
            FilingRow {
                id: filing,
                message,
                reference,
                person: self.person,
                recorded_at: at,
            },
            leaf,
        );
        let id = FilingStepId::new(at, self.random());
        let item = self.item(self.organisation).await;
        let leaf = Self::leaf(LeafKind::FilingStep, at, id.bytes()).follows(*filing.bytes());
        let (acknowledgement, leaf) = seal(
            &item,
            Kind::FilingStep,
            id.bytes(),
            Label::Acknowledgement,
            leaf,
            &format!("DOC-{n}"),
        );
        let row = FilingStepRow {
            id,
            filing,
            step: FilingStep::Filed,
            attempts: 1,
            code: None,
            acknowledgement: Some(acknowledgement),
            at,
            recorded_at: at,
        };
        unit.record(row, leaf)
    }
}
