package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/chat"
)

const (
	timerStream = "TIMERS"
	deadStream  = "DEAD"
	spentStream = "SPENT"

	// DuplicateWindow is how long a stream remembers message ids: within it, what is
	// published again is not stored again.
	DuplicateWindow = 10 * time.Minute

	// spentFor is how long a counter is kept after it last grew: today's and yesterday's.
	spentFor = 48 * time.Hour
	// maxCounters bounds the counters, of which a chat and an address have one a day. Of
	// more than that the one that grew longest ago goes.
	maxCounters = 1_000_000
)

// LayoutError means that the streams on the server were created for other settings.
type LayoutError struct{ Sentence string }

func (e *LayoutError) Error() string { return e.Sentence }

// streamOf returns the index of the stream that holds a partition: each stream
// holds a contiguous range.
func streamOf(partition, streams int) int { return partition * streams / chat.Partitions }

// A chat stream states the layout of what it holds, which is the subjects that the events
// are stored on: a version that looks for them elsewhere would find no open message.
const (
	layoutKey = "parley-layout"
	// streamsKey is where it states how many of them there are.
	streamsKey = "parley-streams"
	layout     = "2" // 1, which was not stated, had all inputs on one subject
)

func chatStreamName(index int) string { return "CHAT_" + strconv.Itoa(index) }

func (c *Conn) streamName(id chat.ID) string {
	if n := c.guest(id); n > 0 {
		return guestStream(n)
	}
	return chatStreamName(streamOf(id.Partition(), c.opts.Streams))
}

// chatStreams returns the names of all streams that hold chats.
func (c *Conn) chatStreams() []string {
	names := make([]string, c.opts.Streams)
	for i := range names {
		names[i] = chatStreamName(i)
	}
	return append(names, c.guestStreams()...)
}

func (c *Conn) chatStreamConfig(index int) jetstream.StreamConfig {
	var subjects []string
	for p := range chat.Partitions {
		if streamOf(p, c.opts.Streams) == index {
			subjects = append(subjects, partitionSubjects(p)...)
		}
	}
	metadata := map[string]string{layoutKey: layout, streamsKey: strconv.Itoa(c.opts.Streams)}
	if index == 0 {
		maps.Copy(metadata, c.regionStates())
	}
	return jetstream.StreamConfig{
		Name: chatStreamName(index), Subjects: subjects,
		Description: "Parley: every event of the chats in these partitions",
		Storage:     jetstream.FileStorage, Replicas: c.opts.Replicas,
		AllowDirect: true, Duplicates: DuplicateWindow,
		Metadata: metadata,
		// No age limit: the history worker purges what is in the store.
		RePublish: &jetstream.RePublish{Source: ">", Destination: string(allLive)},
	}
}

// The server's errors for more copies than servers: it has no cluster, or too few of the
// cluster's servers are up.
const (
	oneServer  = jetstream.ErrorCode(10074)
	fewServers = jetstream.ErrorCode(10005)
)

// makeTrouble says why a stream, or something made of one, could not be created.
func (c *Conn) makeTrouble(doing string, err error) error {
	if api, ok := errors.AsType[*jetstream.APIError](err); ok {
		switch api.ErrorCode {
		case oneServer:
			return &LayoutError{fmt.Sprintf("NATS_REPLICAS: it is %d, but the NATS server is a single one, without a cluster.", c.opts.Replicas)}
		case fewServers: // perhaps not yet
			return fmt.Errorf("%s: %w: the NATS cluster has not as many servers with room as NATS_REPLICAS says, %d (%w)", doing, ErrUnavailable, c.opts.Replicas, err)
		}
	}
	if limit := c.limitTrouble(doing, err); limit != nil {
		return limit
	}
	return fmt.Errorf("%s: %w", doing, translate(err))
}

// setUp creates what does not exist yet. Several processes may do so at once.
func (c *Conn) setUp(ctx context.Context) error {
	for try := 1; ; try++ {
		raced, err := c.makeStreams(ctx)
		if !raced || err != nil {
			return err
		}
		if err := publishing.Wait(ctx, try); err != nil {
			return err
		}
	}
}

// makeStreams reports whether another process, with other settings, created a stream that did
// not exist a moment ago: then what there is has to be looked at again.
func (c *Conn) makeStreams(ctx context.Context) (raced bool, err error) {
	open, err := c.adoptStreams(ctx)
	if err != nil {
		return false, err
	}
	if err := c.checkLayout(ctx); err != nil {
		_, is := errors.AsType[*LayoutError](err)
		if open && is {
			return true, nil // there were none a moment ago
		}
		return false, err
	}
	configs := []jetstream.StreamConfig{
		{
			Name: timerStream, Subjects: []string{string(allTimers)}, Description: "Parley: timers of chats",
			Storage: jetstream.FileStorage, Replicas: c.opts.Replicas,
			MaxMsgsPerSubject: 1, AllowMsgSchedules: true, AllowDirect: true,
		},
		{
			Name: deadStream, Subjects: []string{string(allDead)}, Description: "Parley: what workers gave up on",
			Storage: jetstream.FileStorage, Replicas: c.opts.Replicas, AllowDirect: true,
		},
		{
			Name: spentStream, Subjects: []string{string(allSpent)}, Description: "Parley: what the language model cost, by day",
			Storage: jetstream.FileStorage, Replicas: c.opts.Replicas, AllowDirect: true,
			AllowMsgCounter: true, MaxMsgsPerSubject: 1, MaxAge: spentFor, MaxMsgs: maxCounters,
		},
	}
	configs = append(configs, c.auditStreamConfig())
	for i := 1; i < c.opts.Streams; i++ {
		configs = append(configs, c.chatStreamConfig(i))
	}
	for i := range c.guestStreams() {
		configs = append(configs, c.guestStreamConfig(i+1))
	}
	// CHAT_0 comes first: checkLayout takes its absence for a NATS without chats, and its
	// presence without all the others for a process that is creating them right now. The
	// others are made at once, since most of that is waiting: for the disk, and in a cluster
	// for each stream's first leader.
	if raced, err := c.ensureStream(ctx, c.chatStreamConfig(0)); raced || err != nil {
		return raced, err
	}
	var anyRaced atomic.Bool
	all, ctx := errgroup.WithContext(ctx)
	for _, cfg := range configs {
		all.Go(func() error {
			raced, err := c.ensureStream(ctx, cfg)
			if raced {
				anyRaced.Store(true)
			}
			return err
		})
	}
	err = all.Wait()
	return anyRaced.Load(), err
}

// ensureStream creates the stream if it does not exist, and reports whether another process
// has created it with other settings. An existing one is left alone, but for how much it may
// hold: an update while others use it is not free.
func (c *Conn) ensureStream(ctx context.Context, cfg jetstream.StreamConfig) (raced bool, err error) {
	there, err := c.lookForStream(ctx, cfg.Name)
	switch {
	case err == nil:
		c.fit(ctx, there)
	case errors.Is(err, jetstream.ErrStreamNotFound):
		there, err = askLeader(ctx, func(ctx context.Context) (jetstream.Stream, error) {
			return c.js.CreateStream(ctx, c.opts.bounded(cfg))
		})
	}
	// Of two processes that create one at the same moment, NATS may tell both that it
	// is theirs.
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) || err == nil && holdsChats(cfg.Name) && !sameSubjects(there, cfg) {
		return true, nil
	}
	if err != nil {
		return false, c.makeTrouble("make stream "+cfg.Name, err)
	}
	return false, nil
}

// adoptStreams takes over the number of streams that the chats are stored with, if the
// options leave that open. The first stream, which is always created before the others,
// states it; one that an earlier version created does not, but then all of them exist. open
// says that there are none yet.
func (c *Conn) adoptStreams(ctx context.Context) (open bool, err error) {
	if !c.opts.AdoptStreams {
		return false, nil
	}
	for n := range chat.Partitions {
		s, err := c.lookForStream(ctx, chatStreamName(n))
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			c.opts.Streams = cmp.Or(n, c.opts.Streams)
			return n == 0, nil
		}
		if err != nil {
			return false, fmt.Errorf("look for stream %s: %w", chatStreamName(n), translate(err))
		}
		if stated, err := strconv.Atoi(s.CachedInfo().Config.Metadata[streamsKey]); err == nil && 1 <= stated && stated <= chat.Partitions {
			c.opts.Streams = stated
			return false, nil
		}
	}
	c.opts.Streams = chat.Partitions
	return false, nil
}

// lookForStream asks again sooner than a request ends: a cluster that has just started has no
// leader for a moment, and of several processes that create one stream at once it answers
// some never.
func (c *Conn) lookForStream(ctx context.Context, name string) (jetstream.Stream, error) {
	return askLeader(ctx, func(ctx context.Context) (jetstream.Stream, error) { return c.js.Stream(ctx, name) })
}

// checkLayout refuses a number of streams other than the one that the chats
// were stored with: a chat's sequences must come from one stream forever.
func (c *Conn) checkLayout(ctx context.Context) error {
	for i := 0; ; i++ {
		s, err := c.lookForStream(ctx, chatStreamName(i))
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			if i == 0 || i >= c.opts.Streams {
				return nil
			}
			// Perhaps another process is creating them right now: this one first.
			if first, err := c.lookForStream(ctx, chatStreamName(0)); err == nil && sameSubjects(first, c.chatStreamConfig(0)) {
				return nil
			}
			return &LayoutError{fmt.Sprintf("STREAMS: it is %d, and the chats on NATS were stored with %d; set STREAMS=%d.", c.opts.Streams, i, i)}
		}
		if err != nil {
			return fmt.Errorf("look for stream %s: %w", chatStreamName(i), translate(err))
		}
		if i == 0 {
			if err := c.checkRegion(s.CachedInfo().Config.Metadata); err != nil {
				return err
			}
		}
		if i >= c.opts.Streams || !sameSubjects(s, c.chatStreamConfig(i)) {
			return &LayoutError{c.otherStreams(ctx)}
		}
		if info := s.CachedInfo(); info.Config.Metadata[layoutKey] != layout && info.State.Msgs > 0 {
			if c.opts.afar {
				return &LayoutError{fmt.Sprintf("The region %s is run by another version of Parley, which stores chats in a way that this one can't read. Run the same version in both.", c.opts.Region)}
			}
			return &LayoutError{"The chats on NATS were stored by another version of Parley, in a way that this one can't read. Go on with that version, or begin with an empty folder (DATA_DIR) or NATS server."}
		}
	}
}

// otherStreams says what STREAMS should be.
func (c *Conn) otherStreams(ctx context.Context) string {
	for n := 1; n <= chat.Partitions; n++ {
		_, err := c.lookForStream(ctx, chatStreamName(n))
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			return fmt.Sprintf("STREAMS: it is %d, and the chats on NATS were stored with %d; set STREAMS=%d.", c.opts.Streams, n, n)
		}
		if err != nil {
			break
		}
	}
	return fmt.Sprintf("STREAMS: it is %d, and the chats on NATS were stored with another number; set it to that.", c.opts.Streams)
}

func sameSubjects(s jetstream.Stream, cfg jetstream.StreamConfig) bool {
	have, want := slices.Clone(s.CachedInfo().Config.Subjects), slices.Clone(cfg.Subjects)
	slices.Sort(have)
	slices.Sort(want)
	return slices.Equal(have, want)
}
