package bus

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// LimitError means that a limit of the NATS account stands in the way of a stream or a
// consumer. It wraps ErrUnavailable: whoever runs NATS can raise the limit, and then it
// goes on.
type LimitError struct {
	Sentence string // which limit, and what to set
	err      error  // what NATS said
}

func (e *LimitError) Error() string { return e.Sentence + " (" + e.err.Error() + ")" }

// Unwrap returns ErrUnavailable and what NATS said.
func (e *LimitError) Unwrap() []error { return []error{ErrUnavailable, e.err} }

// The server's errors for limits of an account.
const (
	accountFull         jetstream.ErrorCode = 10002 // it may store no more (with status 400, as if the request were at fault)
	noResources         jetstream.ErrorCode = 10023 // the server has reached its own limit
	manyConsumers       jetstream.ErrorCode = 10026
	manyStreams         jetstream.ErrorCode = 10027
	noMemory            jetstream.ErrorCode = 10028
	noStorage           jetstream.ErrorCode = 10047 // more is reserved than there may be
	storeFailed         jetstream.ErrorCode = 10077
	maxBytesRequired    jetstream.ErrorCode = 10113
	noTier              jetstream.ErrorCode = 10120
	ackPendingTooLarge  jetstream.ErrorCode = 10121
	streamBytesTooLarge jetstream.ErrorCode = 10122
)

// isLimit reports whether an operator can make room for what NATS refuses.
func isLimit(code jetstream.ErrorCode) bool {
	switch code {
	case accountFull, manyConsumers, manyStreams, maxBytesRequired, noTier, streamBytesTooLarge:
		return true
	}
	return false
}

// limitTrouble says which limit of the account stands in the way of a stream or consumer,
// and what to set; nil if err is about something else.
func (c *Conn) limitTrouble(doing string, err error) error {
	api, ok := errors.AsType[*jetstream.APIError](err)
	if !ok {
		return nil
	}
	var why string
	limits, usage := c.accountLimits()
	switch api.ErrorCode {
	case maxBytesRequired:
		why = "the NATS account wants every stream to state how many bytes it may hold: set NATS_MAX_BYTES, such as " + c.suggestion(limits)
	case streamBytesTooLarge:
		why = fmt.Sprintf("the NATS account allows %s for one stream, and this one would state more: set NATS_MAX_BYTES to less than %s, a larger STREAMS as long as there are no chats, or raise the account's limit",
			size(limits.StoreMaxStreamBytes), size(int64(c.opts.MaxBytes)))
	case noStorage, noMemory, accountFull:
		switch {
		case limits.MaxStore == 0 && limits.MaxMemory != 0:
			why = "the NATS account has no storage on disk, which Parley's streams need: give it some"
		case c.opts.MaxBytes == 0:
			why = fmt.Sprintf("the NATS account, or the server, has no room left for a stream%s: remove what else is stored there, or raise its limit", usage)
		default:
			why = fmt.Sprintf("the NATS account, or the server, can't reserve what NATS_MAX_BYTES says, %s%s%s: set it to less, or raise the limit", size(int64(c.opts.MaxBytes)), inCopies(c.opts.Replicas), usage)
		}
	case manyStreams:
		why = fmt.Sprintf("the NATS account allows %s, and Parley needs %d: STREAMS=%d for the chats, and %d more%s. Raise the account's limit, or set a smaller STREAMS as long as there are no chats",
			counted(limits.MaxStreams, "streams"), c.opts.Streams+c.moreStreams(), c.opts.Streams, c.moreStreams(), others(c.streamsThere(), c.opts.Streams+c.moreStreams()))
	case manyConsumers:
		why = fmt.Sprintf("the NATS account allows %s on one stream, and Parley needs five on each stream of chats, and one for each process that follows a bucket: raise the account's limit", counted(limits.MaxConsumers, "consumers"))
	case noTier:
		why = fmt.Sprintf("the NATS account has no storage for streams with NATS_REPLICAS=%d: set what it has, usually 1 or 3", c.opts.Replicas)
	case ackPendingTooLarge:
		why = "the NATS account lets a consumer hand out fewer messages at once than Parley's need: raise its max_ack_pending"
	default:
		return nil
	}
	return &LimitError{doing + ": " + why, err}
}

// moreStreams counts those besides CHAT_0 and so on: TIMERS, DEAD, SPENT, AUDIT, that of files, the
// buckets, and in a region those of chats that were moved there.
func (c *Conn) moreStreams() int { return 5 + len(buckets) + len(c.guestStreams()) }

// accountLimits asks for the account's limits, which make sentences precise, and says what
// is in use. Where that may not be asked, both are empty.
func (c *Conn) accountLimits() (limits jetstream.AccountLimits, usage string) {
	ctx, cancel := context.WithTimeout(context.Background(), limitsTime)
	defer cancel()
	info, err := c.js.AccountInfo(ctx)
	if err != nil {
		return jetstream.AccountLimits{MaxMemory: -1, MaxStore: -1}, ""
	}
	tier := tierOf(info, c.opts.Replicas)
	if tier.Limits.MaxStore > 0 {
		usage = fmt.Sprintf(" (%s of %s are stored, %s reserved)", size(int64(tier.Store)), size(tier.Limits.MaxStore), size(int64(tier.ReservedStore)))
	}
	return tier.Limits, usage
}

// limitsTime is how long a sentence may wait for the account's limits.
const limitsTime = 2 * time.Second

// tierOf returns the part of the account that streams of so many copies are in.
func tierOf(info *jetstream.AccountInfo, replicas int) jetstream.Tier {
	if tier, ok := info.Tiers[fmt.Sprintf("R%d", max(1, replicas))]; ok {
		return tier
	}
	return info.Tier
}

// streamsThere counts the account's streams; 0 if that may not be asked.
func (c *Conn) streamsThere() int {
	ctx, cancel := context.WithTimeout(context.Background(), limitsTime)
	defer cancel()
	info, err := c.js.AccountInfo(ctx)
	if err != nil {
		return 0
	}
	return info.Streams
}

func others(there, needed int) string {
	if there > needed {
		return fmt.Sprintf(", while others use the account, too (%d streams are there)", there)
	}
	return ""
}

func inCopies(n int) string {
	if n > 1 {
		return fmt.Sprintf(" in %d copies", n)
	}
	return ""
}

// suggestion is a value for NATS_MAX_BYTES.
func (c *Conn) suggestion(l jetstream.AccountLimits) string {
	if l.MaxStore <= 0 {
		return "5GB"
	}
	fits := l.MaxStore / int64(max(1, c.opts.Replicas)) * 9 / 10
	if l.StoreMaxStreamBytes > 0 {
		fits = min(fits, l.StoreMaxStreamBytes*int64(c.opts.Streams))
	}
	return fmt.Sprintf("%dMB", max(1, fits/1e6))
}

func counted(n int, what string) string {
	if n <= 0 {
		return "no more " + what
	}
	return fmt.Sprintf("%d %s", n, what)
}

// size writes bytes as people and the settings do.
func size(n int64) string {
	switch {
	case n >= 10e9:
		return fmt.Sprintf("%d GB", n/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.4g MB", float64(n)/1e6)
	default:
		return fmt.Sprintf("%d bytes", max(0, n))
	}
}

// share returns the part of Options.MaxBytes that a stream may hold; 0: as much as there
// is. The chats have most of it. A bucket's stream has the name of its bucket after KV_.
func (o Options) share(stream string) int64 {
	if o.MaxBytes == 0 {
		return 0
	}
	of := func(parts int64) int64 { return max(minShare, int64(o.MaxBytes)/165*parts) }
	switch {
	case holdsChats(stream):
		return max(minShare, int64(o.MaxBytes)/165*96/int64(o.chatStreams()))
	case stream == filesStream:
		return of(33) // a fifth
	case stream == timerStream:
		return of(8)
	case stream == deadStream || stream == auditStream:
		return of(3)
	case stream == spentStream:
		return of(2)
	case stream == "KV_"+PresenceBucket || stream == "KV_"+MarksBucket:
		return of(1)
	default:
		return of(2) // nine more buckets
	}
}

// chatStreams counts those that hold chats.
func (o Options) chatStreams() int {
	if o.Region == "" {
		return o.Streams
	}
	return o.Streams + MaxMoves
}

// minShare is what every stream may hold at least.
const minShare = 64 << 10

// bounded states how much a stream may hold, if that is set. A full one refuses what is
// new and keeps what it has; but of the counters the oldest go, and of the timers, whose
// stream NATS lets not refuse, and of the audit log, without which nobody could read a chat.
func (o Options) bounded(cfg jetstream.StreamConfig) jetstream.StreamConfig {
	if n := o.share(cfg.Name); n > 0 {
		cfg.MaxBytes = n
		if cfg.Name != spentStream && cfg.Name != timerStream && cfg.Name != auditStream {
			cfg.Discard = jetstream.DiscardNew
		}
	}
	return cfg
}

// fit changes how much an existing stream may hold to what is set now, and has one of chats
// state its layout, if it does not yet: it is empty then; and the first one its region, if
// that has just got its name. Where this role may not do so, setup does.
func (c *Conn) fit(ctx context.Context, s jetstream.Stream) {
	cfg := s.CachedInfo().Config
	want := c.opts.bounded(cfg)
	states := map[string]string{}
	if holdsChats(cfg.Name) {
		states[layoutKey] = layout
	}
	if cfg.Name == chatStreamName(0) {
		maps.Copy(states, c.regionStates())
	}
	if cfg.Name == auditStream {
		want.MaxAge = c.opts.auditAge()
	}
	stated := want.MaxAge == cfg.MaxAge
	for key, value := range states {
		stated = stated && cfg.Metadata[key] == value
	}
	if !stated {
		want.Metadata = map[string]string{}
		maps.Copy(want.Metadata, cfg.Metadata)
		maps.Copy(want.Metadata, states)
	}
	if stated && (want.MaxBytes == cfg.MaxBytes || c.opts.MaxBytes == 0) {
		return
	}
	if _, err := c.js.UpdateStream(ctx, want); err != nil {
		if why := c.limitTrouble("change stream "+cfg.Name, err); why != nil {
			err = why
		}
		c.log.Warn().Str("stream", cfg.Name).Err(err).Msg("the stream could not be changed to what this version and NATS_MAX_BYTES want; run parley setup, or see why")
	}
}
