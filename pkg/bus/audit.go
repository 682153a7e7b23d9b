package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/chat"
)

// The audit log is one chain, however many processes write it: a message of the stream AUDIT
// holds the lines that one process had at hand, and is stored only if the last message is the
// one that they were chained to. Who comes second reads what came first, and chains anew.
//
// The stream lets nobody remove or purge a message, operators included; it expires by age.

const (
	auditStream = "AUDIT"

	// AuditKeep is how long lines are kept where Options.AuditKeep says nothing.
	AuditKeep = 400 * 24 * time.Hour

	// auditTime is how long it is tried to store a line.
	auditTime = requestTimeout
	// maxAudit bounds the lines of a process that wait to be stored, auditBatch those of one message.
	maxAudit   = 4096
	auditBatch = 200
)

// ErrAuditFull says that more lines wait to be stored than a process keeps.
var ErrAuditFull = fmt.Errorf("%w: too many lines of the audit log wait to be stored", ErrUnavailable)

func (c *Conn) auditStreamConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: auditStream, Subjects: []string{string(auditLines)}, Description: "Parley: what people did and looked at",
		Storage: jetstream.FileStorage, Compression: jetstream.S2Compression, Replicas: c.opts.Replicas,
		AllowDirect: true, DenyDelete: true, DenyPurge: true, Duplicates: DuplicateWindow, MaxAge: c.opts.auditAge(),
		RePublish: &jetstream.RePublish{Source: string(auditLines), Destination: string(liveAudit)},
	}
}

// auditAge is the age at which lines expire; 0: never.
func (o Options) auditAge() time.Duration {
	switch {
	case o.AuditKeep < 0:
		return 0
	case o.AuditKeep == 0:
		return AuditKeep
	default:
		return o.AuditKeep
	}
}

// auditor writes the lines of a process. A goroutine of its own runs only while some wait.
type auditor struct {
	conn *Conn

	mu      sync.Mutex // guards what follows
	queue   []*waiting
	busy    bool
	closed  bool
	end     *auditEnd // as far as is known; nil: it has to be read
	hearing bool
	keeping *time.Timer // until the head is kept; nil: it need not be
	work    sync.WaitGroup
}

// waiting is an entry whose writer waits.
type waiting struct {
	entry  audit.Entry
	until  time.Time
	stored chan error // takes one, without blocking
}

// auditEnd is the end of the chain and the message that holds it.
type auditEnd struct {
	audit.Head
	seq uint64
}

// Audit returns what writes lines of the audit log; see audit.Log. It gives up after 4 seconds.
func (c *Conn) Audit() audit.Log { return &c.auditor }

// Write stores an entry, together with others that wait.
func (a *auditor) Write(ctx context.Context, e audit.Entry) error {
	w := &waiting{entry: e.Clean(time.Now()), until: time.Now().Add(auditTime), stored: make(chan error, 1)}
	if err := a.enqueue(w); err != nil {
		return fmt.Errorf("write to the audit log: %w", err)
	}
	var err error
	select {
	case err = <-w.stored:
	case <-ctx.Done():
		err = translate(ctx.Err())
	}
	if err != nil {
		a.conn.metrics.audited.WithLabelValues("failed").Inc()
		return fmt.Errorf("write to the audit log: %w", err)
	}
	a.conn.metrics.audited.WithLabelValues("stored").Inc()
	return nil
}

func (a *auditor) enqueue(w *waiting) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.closed:
		return translate(nats.ErrConnectionClosed)
	case len(a.queue) >= maxAudit:
		return ErrAuditFull
	}
	a.queue = append(a.queue, w)
	if !a.busy {
		a.busy = true
		a.work.Go(a.flush)
	}
	return nil
}

// flush stores what waits, until nothing does.
func (a *auditor) flush() {
	a.hear()
	for {
		batch := a.take()
		if batch == nil {
			return
		}
		entries := make([]audit.Entry, len(batch))
		for i, w := range batch {
			entries[i] = w.entry
		}
		err := a.store(entries, batch[0].until)
		for _, w := range batch {
			w.stored <- err
		}
	}
}

func (a *auditor) take() []*waiting {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := min(len(a.queue), auditBatch)
	if n == 0 {
		a.busy, a.queue = false, nil
		return nil
	}
	batch := a.queue[:n:n]
	a.queue = a.queue[n:]
	return batch
}

// store appends entries to the chain, under one id however often it tries.
func (a *auditor) store(entries []audit.Entry, until time.Time) error {
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	id := "audit-" + string(chat.NewID())
	for try := 1; ; try++ {
		err := a.storeOnce(ctx, id, entries)
		if err == nil {
			return nil
		}
		a.forget()
		var full *FullError
		if errors.As(err, &full) || !errors.Is(err, ErrConflict) && !errors.Is(err, ErrUnavailable) {
			return err
		}
		// The first to come second tries again at once.
		if try > 1 || !errors.Is(err, ErrConflict) {
			if auditing.Wait(ctx, try) != nil {
				return fmt.Errorf("%w: %w", ErrUnavailable, err)
			}
		}
	}
}

func (a *auditor) storeOnce(ctx context.Context, id string, entries []audit.Entry) error {
	at, err := a.known(ctx)
	if err != nil {
		return err
	}
	lines, head := audit.Chain(at.Head, entries)
	data, err := audit.Encode(lines)
	if err != nil {
		return Permanent(err)
	}
	p := &pending{ctx: ctx, once: appendTime(1), msg: nats.Msg{Subject: string(auditLines), Data: data}}
	p.set(jetstream.MsgIDHeader, id)
	p.expectLast(auditLines, at.seq)
	stored, err := a.conn.publisher.wait(p)
	if err != nil {
		return err
	}
	if stored.Duplicate { // an earlier try was stored, chained to something else
		a.forget()
		return nil
	}
	a.learn(auditEnd{head, stored.Seq}, true)
	return nil
}

// known returns the end of the chain: as it was seen last, or as the stream's leader has it.
func (a *auditor) known(ctx context.Context) (auditEnd, error) {
	a.mu.Lock()
	end := a.end
	a.mu.Unlock()
	if end != nil {
		return *end, nil
	}
	m, err := a.conn.leaderMessage(ctx, auditStream, getRequest{LastFor: auditLines})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return auditEnd{}, fmt.Errorf("read the end of the audit log: %w", err)
	}
	if err == nil {
		if lines, bad := audit.DecodeAll(m.Data); bad == nil && len(lines) > 0 {
			return auditEnd{lines[len(lines)-1].Head(), m.Seq}, nil
		}
	}
	// All lines have expired, or something else stands at the end: verification says which.
	head, kept := a.conn.AuditHead(ctx)
	if kept != nil && !errors.Is(kept, ErrNotFound) {
		return auditEnd{}, kept
	}
	return auditEnd{head, m.Seq}, nil
}

func (a *auditor) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.end = nil
}

// learn takes over a later end. One that this process made is kept soon.
func (a *auditor) learn(end auditEnd, own bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.end == nil || a.end.seq < end.seq {
		a.end = &end
	}
	if own && a.keeping == nil && !a.closed {
		a.keeping = time.AfterFunc(auditKept, func() { a.keep(false) })
		a.work.Add(1)
	}
}

// hear follows the end of the chain as others make it longer, so that a guess is seldom wrong.
// Without the permission to hear it, each conflict costs a read.
func (a *auditor) hear() {
	a.mu.Lock()
	heard := a.hearing
	a.hearing = true
	a.mu.Unlock()
	if heard {
		return
	}
	// It ends with the connection.
	if _, err := a.conn.nc.Subscribe(string(liveAudit), func(msg *nats.Msg) {
		seq, ok := sequenceOf(msg)
		lines, err := audit.DecodeAll(msg.Data)
		if ok && err == nil && len(lines) > 0 {
			a.learn(auditEnd{lines[len(lines)-1].Head(), seq}, false)
		}
	}); err != nil {
		a.conn.log.Debug().Err(err).Msg("the audit log's end is not heard of")
	}
}

// close refuses what comes, and returns once what was begun has ended.
func (a *auditor) close() {
	a.mu.Lock()
	a.closed = true
	keep := a.keeping != nil && a.keeping.Stop()
	a.mu.Unlock()
	if keep {
		a.keep(true)
	}
	a.work.Wait()
}
