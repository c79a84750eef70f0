//! The typed declaration of a class: one `class!` makes its [`ClassSpec`](super::ClassSpec), which the reader, the catalog
//! and the canonical text use, and a struct of its options, read by position.

use super::{ClassSpec, ConfigObject, Default, Kind, OptionSpec, Value, help_text};
use std::marker::PhantomData;

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

pub(crate) use {class, fields, first, is_advanced, option, options, shared};

/// An option of Keras that takes one value here ([`Kind::Fixed`], or a list of one word): there is nothing to read.
/// (Marker types are the ones whose fields may stay unread.)
pub type Fixed = PhantomData<()>;

/// An option that changes no number here, such as `verbose`: it is checked, kept, and written to the Keras script. (Of a
/// marker type, as [`Fixed`], so that there is nothing to read.)
pub type NoEffect = PhantomData<Value>;

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

/// A number of an option, or a class of a list that makes one, such as a schedule.
pub enum NumberOr {
    /// The number.
    Number(f64),
    /// The class.
    Class(ConfigObject),
}

/// What kinds of option a type is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// [`Kind::Bool`].
    Bool,
    /// [`Kind::Int`].
    Int,
    /// [`Kind::Float`], [`Kind::MaybeFloat`].
    Float,
    /// [`Kind::OneOf`], [`Kind::OneOfHere`].
    Word,
    /// [`Kind::Of`].
    Class,
    /// [`Kind::FloatOr`].
    FloatOr,
    /// [`Kind::Shape`].
    Shape,
    /// [`Kind::Ints`], [`Kind::MaybeInts`].
    Ints,
    /// [`Kind::Floats`], [`Kind::OneOrTwo`].
    Floats,
    /// [`Kind::Texts`].
    Texts,
    /// [`Kind::Text`].
    Text,
    /// [`Kind::List`].
    List,
    /// [`Kind::ClassWeights`].
    ClassWeights,
    /// [`Kind::Fixed`]; [`Kind::OneOf`] and [`Kind::OneOfHere`] of a single word.
    Fixed,
    /// Any: the value as it was read.
    Any,
}

impl Kind {
    const fn holds(&self) -> Holds {
        match self {
            Kind::Bool => Holds::Bool,
            Kind::Int(..) => Holds::Int,
            Kind::Float(..) | Kind::MaybeFloat(..) => Holds::Float,
            Kind::OneOf([_]) | Kind::OneOfHere([_], _) | Kind::Fixed(..) => Holds::Fixed,
            Kind::OneOf(..) | Kind::OneOfHere(..) => Holds::Word,
            Kind::Of(..) => Holds::Class,
            Kind::FloatOr(..) => Holds::FloatOr,
            Kind::Shape => Holds::Shape,
            Kind::Ints(..) | Kind::MaybeInts(..) => Holds::Ints,
            Kind::Floats(..) | Kind::OneOrTwo(..) => Holds::Floats,
            Kind::Texts => Holds::Texts,
            Kind::Text => Holds::Text,
            Kind::List(..) => Holds::List,
            Kind::ClassWeights => Holds::ClassWeights,
        }
    }
}

/// A Rust type of an option.
pub trait FromValue: Sized {
    /// The kinds of option that it is for.
    const HOLDS: Holds;
    /// Whether it can say `None`.
    const NULLABLE: bool = false;
    /// The value of an option of that kind; `None` for any other value.
    fn from_value(value: &Value) -> Option<Self>;
    /// What stands for a value that cannot be: the reader lets none of another kind pass.
    fn absent() -> Self;
}

/// Fails to compile where a type is not for the kind of an option, or cannot say that there is none.
pub const fn check<T: FromValue>(option: &OptionSpec, field: &str) {
    let kind = option.kind.holds();
    assert!(
        matches!(T::HOLDS, Holds::Any) || T::HOLDS as u8 == kind as u8,
        "an option's type is not for its kind"
    );
    let null = matches!(option.default, Default::Null) && !matches!(option.kind, Kind::Fixed(_))
        || matches!(option.kind, Kind::MaybeFloat(..));
    // An empty list says it, too.
    let list = matches!(
        T::HOLDS,
        Holds::Ints | Holds::Floats | Holds::Texts | Holds::List | Holds::ClassWeights | Holds::Any
    );
    assert!(
        !null || list || T::NULLABLE,
        "an option that may be None has a type that cannot say so"
    );
    let (name, field) = (option.name.as_bytes(), field.as_bytes());
    assert!(
        name.len() == field.len(),
        "a field is not called as its option"
    );
    let mut i = 0;
    while i < name.len() {
        assert!(name[i] == field[i], "a field is not called as its option");
        i += 1;
    }
}

/// The next of the values, as the type of its option. (A call for each option: 900 inlined copies were 40 KB of the first
/// load.)
#[inline(never)]
pub fn next<T: FromValue>(values: &mut std::slice::Iter<'_, Value>) -> T {
    values
        .next()
        .and_then(T::from_value)
        .unwrap_or_else(T::absent)
}

macro_rules! from_value {
    ($($type:ty: $holds:ident, $absent:expr, $pattern:pat => $value:expr;)+) => {
        $(impl FromValue for $type {
            const HOLDS: Holds = Holds::$holds;

            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    $pattern => $value,
                    _ => None,
                }
            }

            fn absent() -> Self {
                $absent
            }
        })+
    };
}

from_value! {
    bool: Bool, false, Value::Bool(v) => Some(*v);
    i64: Int, 0, Value::Int(v) => Some(*v);
    usize: Int, 0, Value::Int(v) => usize::try_from(*v).ok();
    u64: Int, 0, Value::Int(v) => u64::try_from(*v).ok();
    f64: Float, 0.0, Value::Float(v) => Some(*v);
    f32: Float, 0.0, Value::Float(v) => Some(*v as f32);
    &'static str: Word, "", Value::Word(v) => Some(v);
    Vec<Option<usize>>: Shape, Vec::new(), Value::Shape(v) => Some(v.clone());
    Vec<i64>: Ints, Vec::new(), Value::Ints(v) => Some(v.clone());
    Vec<f64>: Floats, Vec::new(), Value::Floats(v) => Some(v.clone());
    Vec<String>: Texts, Vec::new(), Value::Texts(v) => Some(v.clone());
    String: Text, String::new(), Value::Text(v) => Some(v.clone());
    Vec<ConfigObject>: List, Vec::new(), Value::List(v) => Some(v.clone());
    Vec<(i32, f64)>: ClassWeights, Vec::new(), Value::ClassWeights(v) => Some(v.clone());
    Fixed: Fixed, PhantomData, Value::Null => Some(PhantomData);
}

/// The class of an option that is none: no reader lets one pass.
static NOTHING: ClassSpec = ClassSpec {
    class_name: "",
    name: "",
    aliases: &[],
    label: "",
    doc: help_text(""),
    formula: help_text(""),
    group: help_text(""),
    options: &[],
    shared: &[],
};

impl FromValue for ConfigObject {
    const HOLDS: Holds = Holds::Class;

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::ConfigObject(v) => Some((**v).clone()),
            _ => None,
        }
    }

    fn absent() -> Self {
        ConfigObject {
            class: &NOTHING,
            spelling: "",
            values: Vec::new(),
        }
    }
}

impl FromValue for NumberOr {
    const HOLDS: Holds = Holds::FloatOr;

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Float(v) => Some(NumberOr::Number(*v)),
            Value::ConfigObject(v) => Some(NumberOr::Class((**v).clone())),
            _ => None,
        }
    }

    fn absent() -> Self {
        NumberOr::Number(0.0)
    }
}

impl FromValue for Value {
    const HOLDS: Holds = Holds::Any;
    const NULLABLE: bool = true;

    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }

    fn absent() -> Self {
        Value::Null
    }
}

impl FromValue for NoEffect {
    const HOLDS: Holds = Holds::Any;

    fn from_value(_: &Value) -> Option<Self> {
        Some(PhantomData)
    }

    fn absent() -> Self {
        PhantomData
    }
}

impl<T: FromValue> FromValue for Option<T> {
    const HOLDS: Holds = T::HOLDS;
    const NULLABLE: bool = true;

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }

    fn absent() -> Self {
        None
    }
}
