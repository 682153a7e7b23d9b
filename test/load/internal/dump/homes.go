package dump

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// Homes returns all homes of each chat that was moved, in order, as one region knows them.
func Homes(ctx context.Context, natsURL string) (homes map[string][]string, err error) {
	err = withJetStream(ctx, natsURL, func(js jetstream.JetStream) error {
		homes = map[string][]string{}
		once, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		kv, err := js.KeyValue(once, "site")
		if err != nil {
			return fmt.Errorf("open the bucket site: %w", err)
		}
		keys, err := kv.Keys(once)
		if errors.Is(err, jetstream.ErrNoKeysFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("list the bucket site: %w", err)
		}
		for _, key := range keys {
			name, is := strings.CutPrefix(key, "home.")
			if !is {
				continue
			}
			entry, err := kv.Get(once, key)
			if err != nil {
				return fmt.Errorf("read %s: %w", key, err)
			}
			var home struct {
				Path []string `json:"path"`
			}
			if err := json.Unmarshal(entry.Value(), &home); err != nil {
				return fmt.Errorf("read %s: %w", key, err)
			}
			homes[name] = home.Path
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("dump the homes: %w", err)
	}
	return homes, nil
}

// LastChat returns the chat of the last message in one of a region's streams, each in turn as good
// as the other; empty if there is none.
func LastChat(ctx context.Context, natsURL string) (id string, err error) {
	err = try(natsURL, func(js jetstream.JetStream) error {
		once, cancel := context.WithTimeout(ctx, askLimit)
		defer cancel()
		s, err := js.Stream(once, chatStreams+strconv.Itoa(rand.IntN(8)))
		if err != nil {
			return err
		}
		last := s.CachedInfo().State
		if last.Msgs == 0 {
			return nil
		}
		msg, err := s.GetMsg(once, last.LastSeq)
		if err != nil {
			return err
		}
		if parts := strings.Split(msg.Subject, "."); len(parts) > 2 {
			id = parts[2]
		}
		return nil
	})
	return id, err
}
