package bus

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// A chat that was moved keeps its sequences growing, since clients and the store go by them. So
// after its n-th move it is in a stream of its own kind, whose first sequence is above all of those
// before: to whoever reads it, what is older was purged and is in the store.

// guestBase is how far the sequences of one move are above those of the one before. MaxMoves of
// them are below 2^53, up to which JavaScript counts.
const guestBase = 1 << 44

func guestStream(moves int) string { return "CHAT_g" + strconv.Itoa(moves) }

// guestPartition is that of chats after so many moves; no other chat has it.
func guestPartition(moves int) int { return chat.Partitions - 1 + moves }

// guestStreams returns the names of the streams of chats that were moved to this region.
func (c *Conn) guestStreams() (names []string) {
	if c.opts.Region == "" {
		return nil
	}
	for n := range MaxMoves {
		names = append(names, guestStream(n+1))
	}
	return names
}

func (c *Conn) guestStreamConfig(moves int) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: guestStream(moves), Subjects: partitionSubjects(guestPartition(moves)),
		Description: "Parley: every event of chats that were moved " + fmt.Sprint(moves) + " times, and came here",
		Storage:     jetstream.FileStorage, Replicas: c.opts.Replicas, FirstSeq: uint64(moves) * guestBase,
		AllowDirect: true, Duplicates: DuplicateWindow,
		Metadata:  map[string]string{layoutKey: layout},
		RePublish: &jetstream.RePublish{Source: ">", Destination: string(allLive)},
	}
}

// guest returns after how many moves a chat came to this region the last time; 0: it began here.
func (c *Conn) guest(id chat.ID) int {
	if !c.homes.some.Load() {
		return 0
	}
	n, _ := c.homes.moves(id, c.First(), c.opts.Region)
	return n
}

// Moves returns after how many moves a chat came to this region the last time; 0: it began here.
func (c *Conn) Moves(id chat.ID) int { return c.guest(id) }

// at returns a subject of the chat as it is in this region.
func (c *Conn) at(id chat.ID, s Subject) Subject { return after(c.guest(id), id, s) }

// after returns a subject of the chat as it is after so many moves.
func after(n int, id chat.ID, s Subject) Subject {
	if n == 0 {
		return s
	}
	return Subject(strings.Replace(string(s), "."+partitionToken(id)+".", "."+strconv.Itoa(guestPartition(n))+".", 1))
}

func (c *Conn) atAll(id chat.ID, all []Subject) []Subject {
	n := c.guest(id)
	if n == 0 {
		return all
	}
	list := make([]Subject, len(all))
	for i, s := range all {
		list[i] = after(n, id, s)
	}
	return list
}

// Begins returns the first sequence that a chat can have in this region, if it is at home here; else
// none has it.
func (c *Conn) Begins(id chat.ID) uint64 {
	if !c.IsHome(id) {
		return math.MaxUint64
	}
	return uint64(c.guest(id)) * guestBase
}

// everMoved is how often a chat that is known here may have been moved.
func (c *Conn) everMoved() int {
	if !c.homes.some.Load() {
		return 0
	}
	return MaxMoves
}

// FenceInputs appends what ends a chat's inputs in this region, if its last one is still that one
// (0: there is none); otherwise it returns ErrConflict. After it no input with a hint is stored.
func (c *Conn) FenceInputs(ctx context.Context, id chat.ID, last uint64) (Stored, error) {
	e := chat.Event{Chat: id, Kind: chat.Request, Request: chat.Fence, From: chat.Speaker{Role: chat.RoleSystem}, ID: fmt.Sprintf("moved-%d-%d", c.guest(id)+1, last)}
	a, err := c.eventAppend(ctx, e)
	if err != nil {
		return Stored{}, err
	}
	a.once = appendTime(2)
	a.expectLast(after(a.moves, id, inSubjects(id)), last)
	return c.publisher.wait(a)
}

// LastInputEvent returns the last input of a chat, from the leader; one without a sequence if the
// stream has none.
func (c *Conn) LastInputEvent(ctx context.Context, id chat.ID) (chat.Event, error) {
	e, err := c.leaderGet(ctx, id, getRequest{LastFor: c.at(id, inSubjects(id))})
	if errors.Is(err, ErrNotFound) {
		return chat.Event{}, nil
	}
	if err != nil {
		return chat.Event{}, fmt.Errorf("read last input of chat %s: %w", id, err)
	}
	return e, nil
}

// fencedAt returns an AwayError if the input with that sequence is a fence, which nothing may follow.
func (c *Conn) fencedAt(ctx context.Context, id chat.ID, seq uint64) error {
	if c.opts.Region == "" || seq == 0 {
		return nil
	}
	e, err := c.leaderGet(ctx, id, getRequest{Seq: seq})
	switch {
	case errors.Is(err, ErrNotFound): // purged, so it is none: a fence is the last of its chat
		return nil
	case err != nil:
		return err
	case e.IsFence():
		return Moving(id, c.HomeOf(id))
	case e.From.Role == chat.RoleBot: // nothing keeps its request from coming behind a fence
		return c.movedAway(ctx, id)
	}
	return nil
}
