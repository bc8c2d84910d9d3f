//! Trees with secrets in them: files, archives, notebooks, and their names. How they come
//! onto the disk is here; who scans them is not.

use std::io::{Cursor, Write as _};

use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use zip::write::SimpleFileOptions;

use crate::secret::{Form, Written, form, name_form, word_form, written};
use crate::support::Sandbox;

/// A piece of a text.
#[derive(Debug, Clone)]
pub enum Piece {
    Text(String),
    Secret(Written),
}

/// Pieces, one after another.
#[derive(Debug, Clone, Default)]
pub struct Text(pub Vec<Piece>);

impl Text {
    pub fn bytes(&self) -> Vec<u8> {
        let bytes = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone().into_bytes(),
            Piece::Secret(written) => written.bytes(),
        });
        bytes.collect::<Vec<_>>().concat()
    }

    /// For where only text can stand.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    pub fn secrets(&self) -> impl Iterator<Item = &Written> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Secret(written) => Some(written),
        })
    }
}

/// What a file holds.
#[derive(Debug, Clone)]
pub enum Content {
    Plain(Text),
    Gzip(Text),
    Base64(Text),
    Zip(Vec<Member>),
    TarGz(Vec<Member>),
    Notebook(Vec<Text>),
    /// A zip in a tar.
    Nested(Member),
}

/// A member of an archive.
#[derive(Debug, Clone)]
pub struct Member {
    pub name: Text,
    pub content: Text,
}

/// A file.
#[derive(Debug, Clone)]
pub struct File {
    pub folder: Option<Text>,
    pub name: Text,
    pub content: Content,
}

/// A text of some lines, with secrets in any form.
pub fn content() -> impl Strategy<Value = Text> {
    let around = select(vec![
        " ",
        "\n",
        "\n",
        "a = '",
        "'",
        "\"token\": \"",
        "\",",
        "https://user:",
        "@huggingface.co/",
        "Authorization: Bearer ",
        "é\u{1f600}",
        "# hfleaks:allow ",
        "\t\r\n",
        "\u{202e}",
        "<!-- ",
        "export HF_TOKEN=",
        "&lt;|`*",
        "login(token=",
        "FROM python\nENV HF_TOKEN=",
        "::error::",
    ])
    .prop_map(|text| Piece::Text(text.to_owned()));
    let gap = (0..400_usize, select(vec![' ', 'x', '.', 'é']))
        .prop_map(|(count, letter)| Piece::Text(letter.to_string().repeat(count)));
    let piece = prop_oneof![
        4 => around,
        1 => gap,
        4 => written(form()).prop_map(Piece::Secret),
    ];
    prop::collection::vec(piece, 1..12).prop_map(Text)
}

/// A text of one line, with secrets in the forms that are hidden in names.
pub fn name() -> impl Strategy<Value = Text> {
    line(name_form())
}

/// What somebody says in a line.
pub fn words() -> impl Strategy<Value = Text> {
    line(word_form())
}

fn line(form: impl Strategy<Value = Form>) -> impl Strategy<Value = Text> {
    let around = select(vec![
        "a", "-", " ", "é", "'", "x.y", "hf_", "%5F", "&", "\x1b[1m", "@",
    ])
    .prop_map(|text| Piece::Text(text.to_owned()));
    let piece = prop_oneof![around, written(form).prop_map(Piece::Secret)];
    // The longest name that a file may have bears only so much.
    let fits = |text: &Text| text.bytes().len() < 200;
    let text = prop::collection::vec(piece, 1..4).prop_map(Text);
    text.prop_filter("names are short", fits)
}

fn member() -> impl Strategy<Value = Member> {
    (name(), content()).prop_map(|(name, content)| Member { name, content })
}

pub fn file() -> impl Strategy<Value = File> {
    let members = || prop::collection::vec(member(), 1..3);
    let content = prop_oneof![
        4 => content().prop_map(Content::Plain),
        1 => content().prop_map(Content::Gzip),
        1 => content().prop_map(Content::Base64),
        1 => members().prop_map(Content::Zip),
        1 => members().prop_map(Content::TarGz),
        1 => prop::collection::vec(content(), 1..3).prop_map(Content::Notebook),
        1 => member().prop_map(Content::Nested),
    ];
    let ending = select(vec![
        "", ".py", ".txt", ".env", ".lock", ".min.js", ".json", ".yml", ".sha256", ".ipynb", ".md",
    ]);
    let plain = select(vec![
        "a",
        "Dockerfile",
        ".env",
        "docker-compose.yml",
        "train.py",
    ])
    .prop_map(|text| Text(vec![Piece::Text(text.to_owned())]));
    let name = (prop_oneof![plain, name()], ending).prop_map(|(mut name, ending)| {
        name.0.push(Piece::Text(ending.to_owned()));
        name
    });
    let folder = prop::option::weighted(0.3, crate::tree::name());
    (folder, name, content).prop_map(|(folder, name, content)| File {
        folder,
        name,
        content,
    })
}

impl File {
    /// The name that it gets; nothing of it leads elsewhere.
    pub fn path(&self) -> String {
        let part = |text: &Text| text.text().replace(['/', '\0'], "_");
        match &self.folder {
            Some(folder) => format!("d{}/{}", part(folder), part(&self.name)),
            None => part(&self.name),
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        match &self.content {
            Content::Plain(text) => text.bytes(),
            Content::Gzip(text) => gzip(&text.bytes()),
            Content::Base64(text) => BASE64.encode(&text.bytes()).into_bytes(),
            Content::Zip(members) => zip(members),
            Content::TarGz(members) => {
                let members = members.iter();
                gzip(&tar(members.map(|it| (it.name.text(), it.content.bytes()))))
            }
            Content::Notebook(texts) => {
                let cell = |text: &Text| {
                    json!({
                        "cell_type": "code", "metadata": {}, "execution_count": 1,
                        "source": [text.text()],
                        "outputs": [{"output_type": "stream", "name": "stdout", "text": text.text()}],
                    })
                };
                let cells: Vec<_> = texts.iter().map(cell).collect();
                let book =
                    json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5});
                serde_json::to_vec_pretty(&book).unwrap()
            }
            Content::Nested(member) => {
                let inner = zip(std::slice::from_ref(member));
                tar(std::iter::once((member.name.text(), inner)))
            }
        }
    }

    pub fn secrets(&self) -> Vec<&Written> {
        let mut texts = vec![&self.name];
        texts.extend(&self.folder);
        match &self.content {
            Content::Plain(text) | Content::Gzip(text) | Content::Base64(text) => texts.push(text),
            Content::Zip(members) | Content::TarGz(members) => {
                texts.extend(members.iter().flat_map(|it| [&it.name, &it.content]));
            }
            Content::Notebook(cells) => texts.extend(cells),
            Content::Nested(member) => texts.extend([&member.name, &member.content]),
        }
        texts.into_iter().flat_map(Text::secrets).collect()
    }

    /// Writes it. Of two files of one name, the last one stays.
    pub fn write(&self, sandbox: &Sandbox) {
        sandbox.file(self.path(), self.bytes());
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip(members: &[Member]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (place, member) in members.iter().enumerate() {
        let name = format!("{place}{}", member.name.text());
        let options = SimpleFileOptions::default();
        archive.start_file(name, options).unwrap();
        archive.write_all(&member.content.bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn tar(members: impl Iterator<Item = (String, Vec<u8>)>) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        let name = name.replace(['/', '\0'], "_");
        archive
            .append_data(&mut header, format!("m{name}"), &bytes[..])
            .unwrap();
    }
    archive.into_inner().unwrap()
}
