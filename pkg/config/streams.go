package config

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/parley-chat/parley/pkg/chat"
)

// Streams is how many streams the chats are spread over; 0 means "auto": as many as the
// chats that are there were stored with.
type Streams int

// UnmarshalText reads "auto" or a number from 1 to chat.Partitions.
func (s *Streams) UnmarshalText(text []byte) error {
	if string(text) == "auto" {
		*s = 0
		return nil
	}
	n, err := strconv.Atoi(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a whole number, and not \"auto\"", text)
	}
	if wrong := between(n, 1, chat.Partitions); wrong != "" {
		return errors.New(wrong)
	}
	*s = Streams(n)
	return nil
}

// manyStreams are as many as pay where each append waits for a disk, since each stream is
// synced by itself, or where there are several nodes, which each lead some of them.
const manyStreams = 8

// StreamsWanted returns how many streams there shall be, and whether that is only for chats
// that are to come: then those that exist already decide. NATS answers a turn with the least
// work if all chats are in one stream; decision 0038 has the figures.
func (c Config) StreamsWanted() (n int, onlyFresh bool) {
	switch {
	case c.Streams > 0:
		return int(c.Streams), false
	case c.NATSSync.Always || c.NATSReplicas > 1:
		return manyStreams, true
	default:
		return 1, true
	}
}
