//! MIME: the multipart tree, transfer encodings and charsets over postrider-message.
