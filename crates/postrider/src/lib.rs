//! Internet mail without touching a socket.
