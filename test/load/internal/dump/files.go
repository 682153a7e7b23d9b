package dump

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	filesStream = "OBJ_FILES"
	fileNames   = "$O.FILES.M."
)

// Waiting returns the names of the files that are in NATS, as <chat>.<id>.
func Waiting(ctx context.Context, natsURL string) (names map[string]bool, err error) {
	err = withJetStream(ctx, natsURL, func(js jetstream.JetStream) error {
		s, err := look(ctx, js, filesStream)
		if err != nil {
			return err
		}
		once, cancel := context.WithTimeout(ctx, askLimit)
		defer cancel()
		info, err := s.Info(once, jetstream.WithSubjectFilter(fileNames+"*"))
		if err != nil {
			return err
		}
		names = map[string]bool{}
		for subject := range info.State.Subjects {
			name, err := base64.URLEncoding.DecodeString(strings.TrimPrefix(subject, fileNames))
			if err != nil {
				return fmt.Errorf("the subject %q: %w", subject, err)
			}
			names[string(name)] = true
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the files in NATS: %w", err)
	}
	return names, nil
}

// AwaitFiles waits, for so long at most, until none of the files is in NATS, and returns those that are.
func AwaitFiles(ctx context.Context, natsURL string, of []string, most time.Duration) (left map[string]bool, err error) {
	limit := time.Now().Add(most)
	for {
		waiting, err := Waiting(ctx, natsURL)
		if err != nil {
			return nil, err
		}
		left = map[string]bool{}
		for _, name := range of {
			if waiting[name] {
				left[name] = true
			}
		}
		if len(left) == 0 || time.Now().After(limit) || ctx.Err() != nil {
			return left, ctx.Err()
		}
		select {
		case <-time.After(askPeriod):
		case <-ctx.Done():
		}
	}
}
