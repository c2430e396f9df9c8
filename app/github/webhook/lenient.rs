//! Types that read what they understand and skip everything else.
//!
//! A delivery is refused for broken JSON only. A null, a missing field or a value of another type
//! where nobody expects one leaves `None` behind, without a copy of what was skipped.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A string, or none.
#[derive(Debug, Default)]
pub(super) struct Text(pub(super) Option<String>);

/// A number that fits an id, or none.
#[derive(Debug, Default)]
pub(super) struct Number(pub(super) Option<u64>);

/// An object; an empty one where there is none.
#[derive(Debug, Default)]
pub(super) struct Object<T>(T);

/// A list; an empty one where there is none.
#[derive(Debug, Default)]
pub(super) struct List<T>(Vec<T>);

/// Whether an object is there at all.
#[derive(Debug, Default)]
pub(super) struct Presence(bool);

impl Presence {
    pub(super) fn is_there(&self) -> bool {
        self.0
    }
}

impl Text {
    pub(super) fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl<T> Deref for Object<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Deref for List<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

/// What each of these types takes; all else it skips.
trait Take<'de>: Default {
    fn text(_: &str) -> Self {
        Self::default()
    }
    fn number(_: u64) -> Self {
        Self::default()
    }
    fn object<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
}

struct Taker<T>(PhantomData<T>);

impl<'de, T: Take<'de>> Visitor<'de> for Taker<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }
    fn visit_bool<E>(self, _: bool) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_i64<E>(self, _: i64) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Ok(T::number(number))
    }
    fn visit_f64<E>(self, _: f64) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::text(text))
    }
    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::object(map)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::list(list)
    }
}

impl Take<'_> for Text {
    fn text(text: &str) -> Self {
        Self(Some(text.to_owned()))
    }
}

impl Take<'_> for Number {
    fn number(number: u64) -> Self {
        Self(Some(number))
    }
}

impl<'de> Take<'de> for Presence {
    fn object<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self(true))
    }
}

impl<'de, T: Deserialize<'de> + Default> Take<'de> for Object<T> {
    fn object<A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Self)
    }
}

impl<'de, T: Deserialize<'de> + Default> Take<'de> for List<T> {
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut all = Vec::new();
        while let Some(one) = list.next_element()? {
            all.push(one);
        }
        Ok(Self(all))
    }
}

macro_rules! deserialize_leniently {
    ($($name:ident $(<$inner:ident>)?),+) => {$(
        impl<'de $(, $inner: Deserialize<'de> + Default)?> Deserialize<'de> for $name $(<$inner>)? {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_any(Taker(PhantomData))
            }
        }
    )+};
}

deserialize_leniently!(Text, Number, Presence, Object<T>, List<T>);
