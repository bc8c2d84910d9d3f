//! A reason: one thing that speaks for or against a match being a live
//! credential, in words for a person.
//!
//! Every reason has a ceiling, the most confidence that it leaves. A finding is as
//! sure as its lowest one.

use std::fmt;

use crate::confidence::Confidence;

/// Something that a match shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It looks as random as what the provider issues.
    Random {
        /// How many characters are random.
        characters: usize,
        /// What they are called.
        kind: Characters,
        /// Shannon entropy of the characters, in tenths of a bit for each.
        tenths_of_bits: usize,
    },
    /// Its header and payload are those of a JWT.
    Jwt,
    /// What touches it is an escape or the number of its bytes: it looks like a
    /// letter and is none.
    Escape,
    /// It has digits, and what is issued today has none.
    Digits,
    /// It matches the pattern, but not the form that is issued.
    OtherForm,
    /// The run goes on behind the token, and it is known why.
    Tail(Tail),
    /// It has another length than what is issued.
    Length {
        /// How many characters it has behind the prefix.
        found: usize,
        /// How many are issued.
        issued: usize,
    },
    /// It is one character again and again.
    OneCharacter,
    /// It has few different characters.
    FewDifferent(usize),
    /// A part of it stands in it more than once.
    Repeats,
    /// Its characters follow one another as in the alphabet, or on a keyboard.
    Sequence,
    /// A word of placeholders is in it.
    Word(&'static str),
    /// Its letters are nearly all small, or nearly all capital.
    OneCase,
    /// Its letters are small and capital in turns.
    CaseTakesTurns,
    /// Its letters are those of words.
    Words,
    /// It has digits and the letters from a to f only.
    Hexadecimal,
    /// It begins like a JWT, and is none.
    NoJwt,
    /// It is the JWT that documentation shows.
    Documentation,
    /// Letters, digits or an underscore stand right beside it.
    Identifier,
    /// It is in the middle of a long run of base64url.
    Encoded,
}

/// What random characters are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Characters {
    /// Letters only.
    Letters,
    /// Letters and digits.
    LettersAndDigits,
    /// These and others.
    Any,
}

/// Why a run goes on behind a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// A pickle's next instruction follows.
    Pickle,
    /// The number of the token's bytes stands before it.
    Counted,
    /// The signature of a JWT has as many characters as its algorithm says.
    Signature,
}

impl Reason {
    /// One of each, for documentation.
    pub const EXAMPLES: [Self; 22] = [
        Self::Random {
            characters: 34,
            kind: Characters::Letters,
            tenths_of_bits: 45,
        },
        Self::Jwt,
        Self::Escape,
        Self::Digits,
        Self::OtherForm,
        Self::Tail(Tail::Pickle),
        Self::Tail(Tail::Counted),
        Self::Tail(Tail::Signature),
        Self::Length {
            found: 41,
            issued: 34,
        },
        Self::OneCharacter,
        Self::FewDifferent(9),
        Self::Repeats,
        Self::Sequence,
        Self::Word("example"),
        Self::OneCase,
        Self::CaseTakesTurns,
        Self::Words,
        Self::Hexadecimal,
        Self::NoJwt,
        Self::Documentation,
        Self::Identifier,
        Self::Encoded,
    ];

    /// The most confidence that it leaves.
    #[must_use]
    pub fn ceiling(&self) -> Confidence {
        match self {
            Self::Random { .. } | Self::Jwt | Self::Escape => Confidence::High,
            Self::Digits | Self::OtherForm | Self::Tail(_) => Confidence::Medium,
            Self::Length { .. }
            | Self::OneCharacter
            | Self::FewDifferent(_)
            | Self::Repeats
            | Self::Sequence
            | Self::Word(_)
            | Self::OneCase
            | Self::CaseTakesTurns
            | Self::Words
            | Self::Hexadecimal
            | Self::NoJwt
            | Self::Documentation
            | Self::Identifier
            | Self::Encoded => Confidence::Low,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Random {
                characters,
                kind,
                tenths_of_bits,
            } => {
                let (whole, tenth) = (tenths_of_bits / 10, tenths_of_bits % 10);
                let kind = kind.name();
                return write!(
                    formatter,
                    "{characters} {kind}, {whole}.{tenth} bits per character"
                );
            }
            Self::Length { found, issued } => {
                return write!(
                    formatter,
                    "{found} characters behind the prefix, where {issued} are issued"
                );
            }
            Self::FewDifferent(count) => {
                return write!(formatter, "only {count} different characters");
            }
            Self::Word(word) => return write!(formatter, "the word `{word}` is in it"),
            Self::Jwt => "a JWT: header and payload decode",
            Self::Escape => "what touches it is an escape or a length, no part of a name",
            Self::Digits => "digits, where only letters are issued",
            Self::OtherForm => "not the form that is issued",
            Self::Tail(Tail::Pickle) => "what follows is the next instruction of a pickle",
            Self::Tail(Tail::Counted) => "the number of its bytes stands before it and ends it",
            Self::Tail(Tail::Signature) => "the length of its signature ends it",
            Self::OneCharacter => "one character repeated",
            Self::Repeats => "a part of it repeats",
            Self::Sequence => "characters in the order of the alphabet or of a keyboard",
            Self::OneCase => "capital and small letters hardly mix",
            Self::CaseTakesTurns => "capital and small letters take turns",
            Self::Words => "reads like words written together",
            Self::Hexadecimal => "hexadecimal digits only, like a checksum",
            Self::NoJwt => "begins like a JWT, but does not decode",
            Self::Documentation => "the JWT that documentation shows",
            Self::Identifier => "part of a longer identifier",
            Self::Encoded => "in the middle of a long run of base64",
        };
        formatter.write_str(text)
    }
}

impl Characters {
    /// What some characters are called.
    pub(crate) fn of(characters: &[u8]) -> Self {
        if characters.iter().all(u8::is_ascii_alphabetic) {
            Self::Letters
        } else if characters.iter().all(u8::is_ascii_alphanumeric) {
            Self::LettersAndDigits
        } else {
            Self::Any
        }
    }

    /// How many there are.
    pub(crate) fn count(self) -> usize {
        match self {
            Self::Letters => 52,
            Self::LettersAndDigits => 62,
            // Those of base64url; few secrets have more.
            Self::Any => 64,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Letters => "letters",
            Self::LettersAndDigits => "letters and digits",
            Self::Any => "characters",
        }
    }
}
