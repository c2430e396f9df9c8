//! A small stateful GitHub behind a socket, for the demo and for every test.
