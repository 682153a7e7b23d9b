package moving

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// Mover moves chats from one region to another one.
type Mover struct {
	From, To *bus.Conn
	// Quiet is how long is waited for answers and decisions that are still owed; 30 s if it
	// is zero.
	Quiet time.Duration
	Log   zerolog.Logger
}

// Moved is what became of a chat.
type Moved struct {
	Events  int    // that the new home has of the time before
	Already bool   // it was there before
	Last    uint64 // the last sequence at the old home
}

// ErrOpen says that a chat can't be moved now, since something in it is not answered or decided.
var ErrOpen = errors.New("something in it is not answered or decided yet; is everything running there?")

// quiet is how long is waited for what is owed.
const quiet = 30 * time.Second

var waiting = backoff.Policy{Min: 50 * time.Millisecond, Max: time.Second}

// Move moves a chat. When it returns nil, the chat goes on at its new home, with all that was ever
// acknowledged, in order, and nothing can be written at the old one.
func (m Mover) Move(ctx context.Context, id chat.ID) (Moved, error) {
	path, err := m.path(ctx, id)
	if err != nil {
		return Moved{}, err
	}
	to := m.To.Region()
	if path[len(path)-1] == to {
		return m.there(ctx, id, path)
	}
	if at := path[len(path)-1]; at != m.From.Region() {
		return Moved{}, fmt.Errorf("the chat %s is at home in %s, not in %s", id, at, m.From.Region())
	}
	if len(path) > bus.MaxMoves {
		return Moved{}, tooOften(id)
	}
	var moved Moved
	// Most of it before the fence, so that nobody waits for it.
	before, has, err := m.copy(ctx, id, 0, 0)
	if err != nil {
		return Moved{}, err
	}
	var toward chat.Region
	if moved.Last, toward, err = m.fence(ctx, id, to); err != nil {
		return Moved{}, err
	}
	if moved.Events, has, err = m.copy(ctx, id, has, moved.Last); err != nil {
		return Moved{}, err
	}
	moved.Events += before
	if err := m.copyBeside(ctx, id); err != nil {
		return Moved{}, err
	}
	if err := m.arrive(ctx, id, append(slices.Clip(path), toward)); err != nil {
		return moved, err
	}
	// A note that is stored once has a guard of its own, and may have been on its way.
	last, err := m.From.LastSeq(ctx, id, chat.RoleAgent)
	if err != nil || last <= moved.Last {
		return moved, err
	}
	late, _, err := m.copy(ctx, id, has, last)
	moved.Events += late
	return moved, err
}

// path returns the homes of a chat, as the two regions have it.
func (m Mover) path(ctx context.Context, id chat.ID) ([]chat.Region, error) {
	for _, conn := range []*bus.Conn{m.From, m.To} {
		bucket, err := bus.OpenBucket[bus.Home](ctx, conn, bus.SiteBucket)
		if err != nil {
			return nil, err
		}
		home, _, err := bucket.Get(ctx, bus.HomeKey(id))
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return nil, err
		}
		for _, of := range []*bus.Conn{m.From, m.To} {
			of.Homes().Learn(bus.HomeKey(id), home)
		}
	}
	return m.To.Homes().Path(id, m.To.First()), nil
}

// there ends what an earlier try began, of a chat that is at home where it shall go. It may have been
// fenced there, on its way to a region that was then given up: that region is one of its homes from now
// on, in which nothing was said, since what follows has to be in another stream.
func (m Mover) there(ctx context.Context, id chat.ID, path []chat.Region) (Moved, error) {
	own := Mover{From: m.To, To: m.To, Quiet: m.Quiet, Log: m.Log}
	s, input, _, err := own.look(ctx, id)
	if err != nil {
		return Moved{}, err
	}
	moved := Moved{Already: true}
	if s.State.Moved != "" || input.IsFence() {
		toward := cmp.Or(s.State.Moved, m.To.Homes().GivenUpTo(m.To.Region()))
		if m.To.Homes().GivenUp(toward) != m.To.Region() {
			return Moved{}, fmt.Errorf("the chat %s is on its way to %s: move it there first", id, cmp.Or(toward, "another region"))
		}
		if len(path)+1 > bus.MaxMoves {
			return Moved{}, tooOften(id)
		}
		if moved.Last, toward, err = own.fence(ctx, id, toward); err != nil {
			return Moved{}, err
		}
		// The state goes on as the store has it, so it has to have the last one.
		known := roles.PageRequest{Chat: id, Limit: 1, Known: moved.Last}
		if err := patiently(ctx, func() error { _, err := roles.AskPage(ctx, m.To, chat.RoleAgent, known); return err }); err != nil {
			return Moved{}, fmt.Errorf("read chat %s: %w", id, err)
		}
		path = append(slices.Clip(path), toward)
	}
	return moved, m.arrive(ctx, id, path)
}

func tooOften(id chat.ID) error {
	return fmt.Errorf("the chat %s was moved %d times, which is as often as one can be", id, bus.MaxMoves)
}

// fence ends the chat at its old home, on its way to that region, at a point where nothing is left to be
// answered or decided, and returns its last sequence there. Inputs are fenced first: each has the sequence
// of the one before, which the stream checks. Then the state, which guards everything else. Toward is
// where it was sent: perhaps, by an earlier try, to a region that was given up and goes on in that one.
func (m Mover) fence(ctx context.Context, id chat.ID, to chat.Region) (last uint64, toward chat.Region, err error) {
	limit, cancel := context.WithTimeout(ctx, cmp.Or(m.Quiet, quiet))
	defer cancel()
	for try := 1; ; try++ {
		s, input, open, err := m.look(ctx, id)
		switch {
		case err != nil:
			return 0, "", err
		case s.State.Moved != "" && s.State.Moved != to && m.To.Homes().GivenUp(s.State.Moved) != m.To.Region():
			return 0, "", fmt.Errorf("the chat %s is on its way to %s: move it there first", id, s.State.Moved)
		case s.State.Moved != "":
			if err := m.From.FenceCard(ctx, id); err != nil {
				return 0, "", err
			}
			last, err = m.From.LastSeq(ctx, id, chat.RoleAgent)
			return last, s.State.Moved, err
		case open:
			if waiting.Wait(limit, try) != nil {
				return 0, "", fmt.Errorf("the chat %s: %w", id, ErrOpen)
			}
		case !input.IsFence():
			_, err = m.From.FenceInputs(ctx, id, input.Seq)
		default:
			err = m.fenceState(ctx, id, s.Out, input.Seq, to)
		}
		// After each step it is looked at again: somebody may have been quicker.
		if err != nil && !errors.Is(err, bus.ErrConflict) {
			return 0, "", err
		}
	}
}

// maxOpen is how many inputs are looked at.
const maxOpen = 10_000

// look reads the chat's state and its last input, and whether any input waits for an answer or a
// decision.
func (m Mover) look(ctx context.Context, id chat.ID) (s bus.Snapshot, input chat.Event, open bool, err error) {
	if s, err = m.From.Last(ctx, id); err != nil {
		return s, input, false, err
	}
	if input, err = m.From.LastInputEvent(ctx, id); err != nil || input.Seq == 0 {
		return s, input, s.State.Handover, err
	}
	inputs, err := m.From.Inputs(ctx, id, min(s.State.AnsweredThrough, s.State.RequestsThrough), input.Seq, maxOpen)
	if err != nil {
		return s, input, false, err
	}
	return s, input, s.State.Handover || slices.ContainsFunc(inputs, s.State.IsOpen), nil
}

// fenceState appends the last change at the old home, if nothing was written for the system since
// out. What was open then is open at the new home, so nothing may be.
func (m Mover) fenceState(ctx context.Context, id chat.ID, out, input uint64, to chat.Region) error {
	_, err := m.From.GuardedAppend(ctx, id, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
		if s.Out != out {
			return chat.Event{}, bus.ErrConflict
		}
		return change(s.State, chat.Step{Kind: chat.StateChange, Reason: chat.MovedAway, Home: to, AnsweredThrough: leftToPeople(s.State, input), At: time.Now()})
	})
	return err
}

// leftToPeople returns the chat's last input if all that is not answered is left to people: what is
// handed back to the bot at the new home, whose streams don't have it, is none of the bot's then, as it
// would be none here. Else it returns 0.
func leftToPeople(s chat.State, input uint64) uint64 {
	if is := s.Is(); is == chat.Waiting || is == chat.Live {
		return input
	}
	return 0
}

func change(s chat.State, step chat.Step) (chat.Event, error) {
	next, err := s.Apply(step)
	return chat.Event{Kind: chat.StateChange, Reason: step.Reason, From: chat.Speaker{Role: chat.RoleSystem}, State: &next}, err
}

// arrive says where the chat is, and has it go on there.
func (m Mover) arrive(ctx context.Context, id chat.ID, path []chat.Region) error {
	source := ""
	if slices.Contains(path[:len(path)-1], m.From.Region()) {
		s, err := m.From.Last(ctx, id)
		if err != nil {
			return err
		}
		source = s.State.Source
	}
	home := bus.Home{Revision: uint64(len(path) - 1), At: time.Now().UTC(), Path: path}
	for _, conn := range []*bus.Conn{m.To, m.From} { // the new home first: who comes there must be let in
		if err := Say(ctx, conn, bus.HomeKey(id), home); err != nil {
			return err
		}
	}
	return Arrive(ctx, m.To, id, source)
}

// Say writes what is known of a chat's or a region's home in one region, unless more moves are
// known there.
func Say(ctx context.Context, conn *bus.Conn, key string, home bus.Home) error {
	bucket, err := bus.OpenBucket[bus.Home](ctx, conn, bus.SiteBucket)
	if err != nil {
		return err
	}
	for {
		has, revision, err := bucket.Get(ctx, key)
		switch {
		case errors.Is(err, bus.ErrNotFound):
			_, err = bucket.Create(ctx, key, home)
		case err != nil:
			return err
		case has.Revision >= home.Revision:
			conn.Homes().Learn(key, has)
			return nil
		default:
			_, err = bucket.Update(ctx, key, home, revision)
		}
		if err == nil {
			conn.Homes().Learn(key, home)
			return nil
		}
		if !errors.Is(err, bus.ErrConflict) && !errors.Is(err, bus.ErrExists) {
			return err
		}
	}
}

// Arrive appends the first change of a chat at its new home, unless something was written there
// already. source is the State.Source of a chat that waits, of which the streams of its old home alone
// know; empty if it is not known.
func Arrive(ctx context.Context, to *bus.Conn, id chat.ID, source string) error {
	there := errors.New("it is there")
	ctx, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()
	for try := 1; ; try++ {
		_, err := to.GuardedAppend(ctx, id, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
			if s.Out > 0 {
				return chat.Event{}, there
			}
			step := chat.Step{Kind: chat.StateChange, Reason: chat.Arrived, At: time.Now()}
			if is := s.State.Is(); is == chat.Waiting || s.State.IsMissed() {
				step.Source = source
			}
			return change(s.State, step)
		})
		if errors.Is(err, there) {
			return nil
		}
		// The history workers there may not have heard yet that the chat is theirs.
		if !errors.Is(err, bus.ErrUnavailable) || waiting.Wait(ctx, try) != nil {
			return err
		}
	}
}
