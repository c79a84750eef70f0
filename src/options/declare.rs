//! The typed declaration of a class: one `class!` makes its [`ClassSpec`](super::ClassSpec), which the reader, the catalog
//! and the canonical text use, and a struct of its options, read by position.

use super::{Default, Kind, OptionSpec, help_text};

/// Declares a class of Keras with its options.
///
/// ```text
/// class! {
///     /// Each unit computes a weighted sum of all inputs plus a bias.
///     #[formula("y = f(x W + b); W: [inputs, units], b: [units]")]
///     #[group("core")]
///     struct Options("Dense", "dense", "Dense") {
///         /// Number of outputs.
///         #[start("8")]
///         units("units"): usize = Kind::Int(1, 100_000), Default::Required;
///         activation: ConfigObject = common::ACTIVATION;
///     }
/// }
/// ```
///
/// The three texts are Keras' class, Keras' string and the page's label. `#[aliases("mse", "MSE")]` after the group lists
/// other strings that Keras takes. An option is declared in full (label, Rust type, which values, default), or by an
/// [`OptionSpec`] that several classes share. `#[advanced]` puts an option behind "more options"; `#[start(json)]` is the
/// value with which the form of a new layer begins. `+ path::Shared` after the texts adds the options of another struct
/// of this kind (declared by `shared!`). An option that is declared and never read is a compiler's warning; one that takes
/// a single value has the type [`Fixed`].
macro_rules! class {
    (
        $(#[doc = $doc:literal])+
        $(#[formula($formula:expr)])?
        $(#[group($group:literal)])?
        $(#[aliases($($alias:literal),+)])?
        $vis:vis struct $name:ident($class:literal, $string:literal, $label:literal) $(+ $shared:path)? {
            $($fields:tt)*
        }
    ) => {
        $crate::options::declare::fields! {
            $(#[doc = $doc])+
            $vis struct $name { $($fields)* }
        }

        impl $name {
            /// The class.
            $vis const SPEC: $crate::options::ClassSpec = $crate::options::ClassSpec {
                class_name: $class,
                name: $string,
                aliases: &[$($($alias),+)?],
                label: $label,
                doc: $crate::options::help_text(concat!($($doc),+)),
                formula: $crate::options::help_text(concat!("", $($formula)?)),
                group: $crate::options::help_text(concat!("", $($group)?)),
                options: Self::OPTIONS,
                shared: $crate::options::declare::first!($(<$shared>::OPTIONS,)? &[]),
            };

            /// The options of an object of this class.
            #[allow(dead_code)]
            $vis fn of(config: &$crate::options::ConfigObject) -> Self {
                Self::read(config.values())
            }

            /// The options of an object, where it is of this class.
            #[allow(dead_code)]
            $vis fn of_class(config: &$crate::options::ConfigObject) -> Option<Self> {
                (config.class.class_name == $class).then(|| Self::of(config))
            }
        }
    };
}

/// Options that many classes of a family have besides their own, at their end: a struct as `class!` makes it.
macro_rules! shared {
    ($(#[doc = $doc:literal])+ $vis:vis struct $name:ident { $($fields:tt)* }) => {
        $crate::options::declare::fields! {
            $(#[doc = $doc])+
            $vis struct $name { $($fields)* }
        }

        impl $name {
            /// The shared options of an object.
            $vis fn of(config: &$crate::options::ConfigObject) -> Self {
                Self::read(&config.values()[config.class.options.len()..])
            }
        }
    };
}

/// The struct of some options, their specs, and how they are read by position.
macro_rules! fields {
    (
        $(#[doc = $doc:literal])+
        $vis:vis struct $name:ident {
            $(
                $(#[doc = $help:literal])*
                $(#[advanced$(($advanced:literal))?])?
                $(#[start($start:literal)])?
                $field:ident $(($label:literal))? : $type:ty = $spec:expr $(, $default:expr)?;
            )*
        }
    ) => {
        $(#[doc = $doc])+
        $vis struct $name {
            $(
                $(#[doc = $help])*
                pub $field: $type,
            )*
        }

        impl $name {
            /// The options in Keras' order.
            $vis const OPTIONS: &'static [&'static $crate::options::OptionSpec] = &[
                $(&$crate::options::declare::option!(
                    [$($help)*] [$(advanced $($advanced)?)?] [$($start)?] $field [$($label)?] $spec $(, $default)?
                )),*
            ];

            #[allow(unused_mut, unused_variables)]
            fn read(values: &[$crate::options::Value]) -> Self {
                let mut values = values.iter();
                $name { $($field: $crate::options::declare::next(&mut values)),* }
            }
        }

        // A type that does not fit its option does not compile.
        const _: () = {
            #[allow(unused_mut)]
            let mut at = 0;
            $(
                $crate::options::declare::check::<$type>($name::OPTIONS[at], stringify!($field));
                at += 1;
            )*
            assert!(at == $name::OPTIONS.len());
        };
    };
}

/// Options that several classes share, each a constant.
///
/// ```text
/// options! {
///     /// Adds a bias to each unit.
///     #[advanced]
///     pub USE_BIAS = use_bias("bias"), Kind::Bool, Default::Bool(true);
/// }
/// ```
macro_rules! options {
    ($(
        $(#[doc = $help:literal])+
        $(#[advanced$(($advanced:literal))?])?
        $(#[start($start:literal)])?
        $vis:vis $name:ident = $field:ident($label:literal), $kind:expr, $default:expr;
    )+) => {
        $(
            $(#[doc = $help])+
            $vis const $name: $crate::options::OptionSpec = $crate::options::declare::option!(
                [$($help)+] [$(advanced $($advanced)?)?] [$($start)?] $field [$label] $kind, $default
            );
        )+
    };
}

/// One option: declared in full, or shared.
macro_rules! option {
    ([$($help:literal)+] [$($advanced:ident)?] [$($start:literal)?] $field:ident [$label:literal] $kind:expr, $default:expr) => {
        $crate::options::OptionSpec {
            name: stringify!($field),
            label: $crate::options::help_text($label),
            doc: $crate::options::help_text(concat!($($help),+)),
            kind: $kind,
            default: $default,
            advanced: $crate::options::declare::is_advanced!($($advanced)?),
            start: $crate::options::help_text(concat!("", $($start)?)),
        }
    };
    ([] [] [] $field:ident [] $spec:expr) => { $spec };
}

/// Whether `#[advanced]` stands before an option.
macro_rules! is_advanced {
    () => {
        false
    };
    (advanced) => {
        true
    };
}

/// The first of one or two.
macro_rules! first {
    ($first:expr, $second:expr) => {
        $first
    };
    ($only:expr) => {
        $only
    };
}

pub use super::typed::{Fixed, FromValue, Holds, NoEffect, NumberOr, check, next};
pub(crate) use {class, fields, first, is_advanced, option, options, shared};

impl OptionSpec {
    /// An argument that may only be `json`.
    pub const fn fixed(name: &'static str, json: &'static str) -> OptionSpec {
        OptionSpec {
            name,
            label: help_text(name),
            doc: help_text("Has one value here."),
            kind: Kind::Fixed(json),
            default: Default::Null,
            advanced: true,
            start: help_text(""),
        }
    }

    /// The same option with another default.
    pub const fn with_default(self, default: Default) -> OptionSpec {
        OptionSpec { default, ..self }
    }

    /// The same option with another help text.
    pub const fn with_doc(self, doc: &'static str) -> OptionSpec {
        OptionSpec {
            doc: help_text(doc),
            ..self
        }
    }
}
