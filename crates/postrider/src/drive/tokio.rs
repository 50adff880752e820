//! The driver for one stream of tokio. Needs a runtime with time enabled.

use core::task::{Context, Poll};
use core::{future::poll_fn, pin::Pin, time::Duration};
use std::io;

use ::tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use ::tokio::time::{Instant, sleep, timeout};
use bytes::Buf;

use super::{DriveError, LAST_FLUSH, Next, Rig, SMALL};
use crate::wire::{Demand, Inbox, Machine, Progress, TlsInfo, TlsUpgrade};

/// A machine, its inbox and its stream.
#[derive(Debug)]
pub struct Driver<M: Machine, S> {
    rig: Rig<M>,
    stream: S,
    began: Instant,
    /// Read ahead by [`Driver::tend`].
    news: Option<Next<M::Event>>,
    /// What was written may still sit in a buffer of the stream.
    unflushed: bool,
}

impl<M: Machine, S: AsyncRead + AsyncWrite + Unpin> Driver<M, S> {
    /// Puts a fresh machine onto a connected stream.
    pub fn new(machine: M, stream: S) -> Self {
        let inbox = machine.new_inbox();
        Self::resume(machine, inbox, stream)
    }

    /// Goes on with the parts of a driver, over the same stream or another.
    pub fn resume(machine: M, inbox: Inbox, stream: S) -> Self {
        let rig = Rig::new(machine, inbox);
        Self { rig, stream, began: Instant::now(), news: None, unflushed: false }
    }

    /// Takes the driver apart. Take what [`Driver::tend`] read ahead by [`Driver::next`] before.
    pub fn into_parts(self) -> (M, Inbox, S) {
        (self.rig.machine, self.rig.inbox, self.stream)
    }

    /// The machine, to give it commands, verdicts and payload.
    pub fn machine(&mut self) -> &mut M {
        &mut self.rig.machine
    }

    /// The stream, to ask it for the address of the peer.
    pub fn stream(&mut self) -> &mut S {
        &mut self.stream
    }

    /// Runs until there is something for the embedder. [`Next::App`] comes once after anything
    /// happened; called again, the driver listens. Cancel-safe: a dropped future loses nothing.
    ///
    /// # Errors
    ///
    /// When the machine ended with an error; its farewell is written out before.
    pub async fn next(&mut self) -> Result<Next<M::Event>, DriveError<M::Error>> {
        match self.news.take() {
            Some(news) => Ok(news),
            None => self.run(true).await,
        }
    }

    /// Flushes, reads ahead and runs timers until there is something other than [`Next::App`], which
    /// [`Driver::next`] then gives. For `select!` beside the embedder's own work; cancel-safe.
    ///
    /// # Errors
    ///
    /// As [`Driver::next`].
    pub async fn tend(&mut self) -> Result<(), DriveError<M::Error>> {
        if self.news.is_none() {
            let news = self.run(false).await?;
            self.news = Some(news);
        }
        Ok(())
    }

    /// Carries out the upgrade behind [`Next::StartTls`]: `handshake` makes a protected stream of the
    /// stream and of what was read ahead. No timer of the machine runs meanwhile: the handshake must
    /// know a deadline of its own.
    ///
    /// # Errors
    ///
    /// [`DriveError::Handshake`], or what the machine says.
    pub async fn upgrade<U, F>(
        mut self,
        token: TlsUpgrade,
        handshake: impl FnOnce(S, bytes::Bytes) -> F,
    ) -> Result<Driver<M, U>, DriveError<M::Error>>
    where
        U: AsyncRead + AsyncWrite + Unpin,
        F: Future<Output = io::Result<(U, TlsInfo)>>,
    {
        if self.unflushed {
            // The peer begins only when it has the last word in clear text. Should this fail, so does
            // the handshake.
            let flush = poll_fn(|cx| Pin::new(&mut self.stream).poll_flush(cx));
            let _ = timeout(LAST_FLUSH, flush).await;
        }
        let ahead = self.rig.inbox.take_tls_prefix(&token);
        let (stream, tls) = handshake(self.stream, ahead).await.map_err(DriveError::Handshake)?;
        let (machine, inbox) = self.rig.upgraded(token, tls)?;
        Ok(Driver::resume(machine, inbox, stream))
    }

    async fn run(&mut self, until_app: bool) -> Result<Next<M::Event>, DriveError<M::Error>> {
        self.rig.back();
        loop {
            let answer = self.rig.poll(self.began.elapsed());
            let busy = self.rig.has_output();
            match answer {
                Ok(Progress::Event(event)) => return Ok(Next::Event(event)),
                Ok(Progress::StartTls(token)) => return Ok(Next::StartTls(token)),
                Ok(Progress::Closed) => {
                    self.close().await;
                    return Ok(Next::Closed);
                }
                Ok(Progress::Wait { app: true, .. }) if until_app && !busy && self.rig.offer() => {
                    self.try_flush().await;
                    return Ok(Next::App);
                }
                Ok(Progress::Wait { input: false, app: false })
                    if !busy && !self.unflushed && self.rig.deadlines.earliest().is_none() =>
                {
                    return Err(DriveError::Stalled);
                }
                Ok(Progress::Wait { input, .. }) => self.io(input).await,
                Err(_) if busy => self.io(false).await,
                Err(error) => {
                    self.close().await;
                    return Err(self.rig.failed(error));
                }
            }
        }
    }

    /// What the stream itself holds is out of the machine's sight, and its timers: a peer that does
    /// not read must not keep the embedder waiting. The next call goes on with it.
    async fn try_flush(&mut self) {
        poll_fn(|cx| Poll::Ready(self.poll_out(cx).is_ready())).await;
    }

    /// Flushes what the stream itself holds and closes the writing side, which is where TLS says
    /// `close_notify`. Should this fail or take too long, nothing is left to tell the peer.
    async fn close(&mut self) {
        let close = poll_fn(|cx| Pin::new(&mut self.stream).poll_shutdown(cx));
        let _ = timeout(LAST_FLUSH, close).await;
        self.unflushed = false;
    }

    /// One step of writing, reading or waiting, whichever comes first.
    async fn io(&mut self, input: bool) {
        let now = self.began.elapsed();
        let due = self.rig.deadlines.earliest().unwrap_or(Duration::MAX);
        let mut bell = core::pin::pin!(sleep(due.saturating_sub(now)));
        poll_fn(|cx| {
            let written = self.poll_out(cx).is_ready();
            let read = input && self.poll_in(cx).is_ready();
            let rung = bell.as_mut().poll(cx).is_ready();
            if written || read || rung { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    fn poll_out(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let stream = Pin::new(&mut self.stream);
        let outbox = self.rig.machine.outbox();
        if outbox.has_remaining() {
            match core::task::ready!(stream.poll_write(cx, outbox.chunk())) {
                Ok(0) => self.rig.lose(io::ErrorKind::WriteZero.into()),
                Ok(n) => outbox.advance(n),
                Err(error) => self.rig.lose(error),
            }
            self.unflushed = true;
            return Poll::Ready(());
        }
        if !self.unflushed {
            return Poll::Pending;
        }
        let flushed = core::task::ready!(stream.poll_flush(cx));
        self.unflushed = false;
        flushed.unwrap_or_else(|error| self.rig.lose(error));
        Poll::Ready(())
    }

    fn poll_in(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut small = [0; SMALL];
        let stream = Pin::new(&mut self.stream);
        let inbox = &mut self.rig.inbox;
        let read = if inbox.demand() == Demand::Payload
            && let Some(spare) = inbox.spare_init()
        {
            let mut buf = ReadBuf::new(spare);
            let read = core::task::ready!(stream.poll_read(cx, &mut buf));
            let n = buf.filled().len();
            inbox.commit(n);
            read.map(|()| n)
        } else {
            let room = inbox.room().min(SMALL);
            let mut buf = ReadBuf::new(small.get_mut(..room).unwrap_or_default());
            let read = core::task::ready!(stream.poll_read(cx, &mut buf));
            read.map(|()| inbox.extend(buf.filled()))
        };
        self.rig.took(read);
        Poll::Ready(())
    }
}
