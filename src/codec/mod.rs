//! One schema table and one codec for all messages: wire bytes to ProtoJSON and back.
