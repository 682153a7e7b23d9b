package dump

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/test/load/internal/history"
)

const auditStream = "AUDIT"

// Audit writes the lines of the audit log into the folder's AuditFile, and returns how many there are.
func Audit(ctx context.Context, natsURL, dir string) (n int, err error) {
	var all []history.AuditLine
	err = withJetStream(ctx, natsURL, func(js jetstream.JetStream) error {
		all = nil
		s, err := look(ctx, js, auditStream)
		if err != nil {
			return err
		}
		state := s.CachedInfo().State
		if state.Msgs == 0 {
			return nil
		}
		once, cancel := context.WithTimeout(ctx, askLimit)
		defer cancel()
		cons, err := s.OrderedConsumer(once, jetstream.OrderedConsumerConfig{})
		if err != nil {
			return err
		}
		messages, err := cons.Messages()
		if err != nil {
			return err
		}
		defer messages.Stop()
		for {
			m, err := next(ctx, messages)
			if err != nil {
				return fmt.Errorf("after %d lines: %w", len(all), err)
			}
			meta, err := m.Metadata()
			if err != nil {
				return err
			}
			for text := range bytes.Lines(m.Data()) {
				var l history.AuditLine
				if err := json.Unmarshal(text, &l); err != nil {
					return fmt.Errorf("message %d of the audit log: %w", meta.Sequence.Stream, err)
				}
				all = append(all, l)
			}
			if meta.Sequence.Stream >= state.LastSeq || meta.NumPending == 0 {
				return nil
			}
		}
	})
	if err != nil {
		return 0, fmt.Errorf("dump the audit log: %w", err)
	}
	return len(all), history.Write(filepath.Join(dir, history.AuditFile), all)
}
