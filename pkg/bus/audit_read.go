package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/parley-chat/parley/pkg/audit"
)

// AuditRecord is what one message of the audit log holds.
type AuditRecord struct {
	Seq   uint64
	Lines []audit.Line
	// Bad says why not all of it could be read; nil if it could.
	Bad error
}

// AuditRange is where the audit log begins and ends, as sequences of its messages; it is empty if
// Last is below First.
type AuditRange struct{ First, Last uint64 }

// AuditRange returns it as the stream's leader has it.
func (c *Conn) AuditRange(ctx context.Context) (AuditRange, error) {
	info, err := c.streamInfo(ctx, auditStream)
	if err != nil {
		return AuditRange{}, err
	}
	return AuditRange{info.State.FirstSeq, info.State.LastSeq}, nil
}

// auditRead is how many messages are read at once.
const auditRead = 200

// AuditFrom returns the messages of the audit log from a sequence on and up to another, in order,
// at most some hundreds: none only if there are none.
func (c *Conn) AuditFrom(ctx context.Context, from, to uint64) ([]AuditRecord, error) {
	if from > to {
		return nil, nil
	}
	records, err := c.auditDirect(ctx, getRequest{Seq: max(1, from), NextFor: auditLines, Batch: auditRead}, to)
	if err != nil || len(records) > 0 {
		return records, err
	}
	// A copy that is behind, or there are none.
	m, err := c.leaderMessage(ctx, auditStream, getRequest{Seq: max(1, from), NextFor: auditLines})
	if errors.Is(err, ErrNotFound) || err == nil && m.Seq > to {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the audit log from %d: %w", from, err)
	}
	return []AuditRecord{auditRecord(m.Seq, m.Data)}, nil
}

// AuditSince returns the sequence of the first message that was stored then or later; 0 if there
// is none.
func (c *Conn) AuditSince(ctx context.Context, at time.Time) (uint64, error) {
	records, err := c.auditDirect(ctx, getRequest{StartTime: &at, NextFor: auditLines, Batch: 1}, ^uint64(0))
	if err != nil || len(records) == 0 {
		return 0, err
	}
	return records[0].Seq, nil
}

func (c *Conn) auditDirect(ctx context.Context, req getRequest, to uint64) (records []AuditRecord, err error) {
	_, err = c.directly(ctx, auditStream, req, func(msg *nats.Msg) error {
		if seq, ok := sequenceOf(msg); ok && seq <= to {
			records = append(records, auditRecord(seq, msg.Data))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	return records, nil
}

func auditRecord(seq uint64, data []byte) AuditRecord {
	lines, err := audit.DecodeAll(data)
	return AuditRecord{seq, lines, err}
}

// EachAudit calls see with every message of the audit log up to its end at the time of the call,
// in order, until see returns an error. It returns that range.
func (c *Conn) EachAudit(ctx context.Context, see func(AuditRecord) error) (AuditRange, error) {
	all, err := c.AuditRange(ctx)
	if err != nil {
		return all, err
	}
	for from := all.First; from <= all.Last; {
		records, err := c.AuditFrom(ctx, from, all.Last)
		if err != nil {
			return all, err
		}
		if len(records) == 0 {
			break
		}
		for _, r := range records {
			if err := see(r); err != nil {
				return all, err
			}
		}
		from = records[len(records)-1].Seq + 1
	}
	return all, nil
}

// VerifyAudit checks the whole audit log with the verifier, which may know ends of its own. The head
// that is kept beside the log, and the stream's own last sequence, are compared, too.
func (c *Conn) VerifyAudit(ctx context.Context, v *audit.Verifier) (audit.Result, error) {
	head, err := c.AuditHead(ctx)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return audit.Result{}, err
	}
	v.Know(head, "the head that Parley keeps beside the log")
	var last uint64
	all, err := c.EachAudit(ctx, func(r AuditRecord) error {
		for _, l := range r.Lines {
			v.Add(l)
		}
		if r.Bad != nil {
			v.AddUnreadable(fmt.Sprintf("Message %d of the stream", r.Seq))
		}
		last = r.Seq
		return nil
	})
	if err != nil {
		return audit.Result{}, err
	}
	if all.Last > last && !(last == 0 && v.Expired(head)) {
		v.Gone(fmt.Sprintf("NATS has stored %d messages of the log, and the last one that is there is %d.", all.Last, last))
	}
	return v.Result(), nil
}
