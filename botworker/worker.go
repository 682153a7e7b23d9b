package botworker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/mask"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/settings"
	"github.com/parley-chat/parley/pkg/spent"
	"github.com/parley-chat/parley/pkg/teams"
	"github.com/parley-chat/parley/pkg/telemetry"
)

// Options of a bot worker.
type Options struct {
	// Name is the bot's name, as visitors read it, unless an admin set another one.
	Name string
	// Site is the address below which the pages that it answers from are shown; empty if
	// nobody said.
	Site string
	// Turns is how many earlier events the thinker gets; 0 for none.
	Turns int
	// Workers bounds the chats that one replica thinks about at once; 128 if 0. See Quoting.
	Workers int
	// IdleLimit is after how long without a word a chat is closed; 24 hours if 0. The bot
	// sets the timer for that in each chat that it opens, see open.
	IdleLimit time.Duration
	// DrainTime is how long a replica that stops may take to finish the replies that it
	// is thinking of.
	DrainTime time.Duration
	// Ceilings are those of the language model, for the operator page; nil if there is no
	// model.
	Ceilings *spent.Ceilings
	// Trouble says what is wrong with the language model, see bus.Says; nil: nothing ever.
	Trouble bus.Trouble
	// Mask hides from the thinker what a model has no business with; nil: nothing.
	Mask    *mask.Rules
	Version string
	Metrics prometheus.Registerer // registers the metrics, once; nil: none
	Tracer  *telemetry.Tracer     // nil: nothing is traced
	Log     zerolog.Logger
	// Now is the clock; time.Now if nil.
	Now func() time.Time
}

const (
	// Quoting is Options.Workers of a bot without a model. Its answers are there at once, so
	// its handlers only wait for the stream to store them: with 128 of those, what it can
	// answer in a second would be bound by how long an append takes.
	Quoting = 512

	// maxBurst bounds how many messages one reply may cover.
	maxBurst = 50

	// tries is how often a replica tries to answer a message. With the bus's growing
	// delay that takes about three seconds, during which the visitor waits.
	tries = 5
)

// Worker is one replica of the bot.
type Worker struct {
	opts    Options
	conn    *bus.Conn
	thinker answer.Thinker
	metrics *metrics
	replied replied
	site    *settings.Site // the bot's name
	teams   *teams.Site    // whom it may hand over to
	// thoughts counts the replies in progress.
	thoughts atomic.Int32
}

// New returns a worker that answers with the thinker's answers.
func New(opts Options, conn *bus.Conn, thinker answer.Thinker) *Worker {
	if opts.Name == "" {
		opts.Name = "Parley bot"
	}
	if opts.Workers == 0 {
		opts.Workers = 128
	}
	if opts.IdleLimit == 0 {
		opts.IdleLimit = 24 * time.Hour
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Worker{opts: opts, conn: conn, thinker: thinker, metrics: newMetrics(opts.Metrics), site: settings.New(conn, settings.Settings{Bot: opts.Name}), teams: teams.New(conn, "the bot asks for a person of no team of its own choice")}
}

// Run answers until the context ends. Then it takes nothing new, gives back to other
// replicas what it has not begun, and finishes the replies in progress: a model costs
// money, and the visitor is waiting. Those that are not finished within DrainTime are
// given back, too, and another replica starts over at once.
func (w *Worker) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	defer context.AfterFunc(ctx, func() {
		if n := w.thoughts.Load(); n > 0 && w.opts.DrainTime > 0 {
			w.opts.Log.Info().Int32("thoughts", n).Dur("for_at_most", w.opts.DrainTime).Msg("stopping: finishing the replies in progress")
		}
	})()
	// A replica that finishes its replies still has the slots that they take.
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	g.Go(func() error { return w.site.Run(serving) })
	g.Go(func() error { return w.teams.Run(serving) })
	w.site.Await(ctx, settingsTime)
	w.teams.Await(ctx, settingsTime)
	g.Go(func() error {
		defer stop()
		return w.conn.Consume(ctx, bus.Consumer{
			Name: roles.Answering.Name, Filter: roles.Answering.Filter, Also: []bus.Durable{roles.Waking.Durable}, Workers: w.opts.Workers, Tries: tries, GaveUp: w.gaveUp,
			Finish: w.opts.DrainTime,
		}, w.handle)
	})
	// As a service the replica can be discovered and counted, and reports its number of
	// slots: from that, gateways know how many messages are waiting for one.
	g.Go(func() error {
		return w.conn.ServeSaying(serving, roles.Botworker.Service, w.opts.Version, bus.Says{Concurrency: w.opts.Workers, Ceilings: w.opts.Ceilings, Trouble: w.opts.Trouble}, w.conn.Replay(roles.Answering.Name, w.handle))
	})
	return g.Wait()
}

// settingsTime is how long the start waits for the site's settings, so that no reply has a
// name from before.
const settingsTime = 2 * time.Second

// errAsleep says that the visitor wrote to an agent who snoozed the chat.
var errAsleep = errors.New("the chat is snoozed")

// errSilent says that there is nothing to answer.
var errSilent = errors.New("nothing to answer")

// handoverError says that the chat is about to go to a person, as the reply with that
// sequence announced, which covers what the visitor wrote up to through.
type handoverError struct{ reply, through uint64 }

func (e *handoverError) Error() string { return "the chat is handed over" }

// handle handles one delivery: a visitor's message, or a state change that may have left
// the bot with unanswered messages. A message may slip in while a chat is handed back:
// the bot saw "waiting" and kept silent, and the hand-back did not cover it. So the bot
// wakes on the state change, too.
func (w *Worker) handle(ctx context.Context, d bus.Delivery) error {
	e := d.Event
	switch {
	case e.Kind == chat.StateChange && !e.State.BotSpeaks():
		return nil // silent here; whatever came after has its own delivery
	case e.Kind == chat.Request:
		return nil // for the escalation worker
	}
	hint, through := d.Hint, uint64(math.MaxUint64)
	if d.Alone {
		through = e.Seq
	}
	switch mine := w.replied.last(e.Chat); {
	case d.Tries > 1:
		hint = nil // it was handled before, perhaps successfully
	case mine.covers(e):
		return nil // a reply of this replica covers it, which is final
	case hint != nil && mine.Out > hint.Out:
		// It came while that reply was being thought of, and so may others have.
		hint, through = &bus.Hint{Snapshot: mine.Snapshot, Input: hint.Input}, math.MaxUint64
	}
	for {
		reply, until, err := w.reply(ctx, e, hint, through)
		var handover *handoverError
		switch {
		case errors.Is(err, errSilent):
			return nil
		case errors.Is(err, errAsleep):
			return w.wake(ctx, e)
		case errors.As(err, &handover):
			// The replica that announced it may have died before it asked.
			return w.askAsAnnounced(ctx, e, handover)
		case err != nil:
			if ctx.Err() != nil {
				w.opts.Log.Info().Str("chat", string(e.Chat)).Uint64("seq", e.Seq).Msg("not answered before this replica stopped: given to another one")
			}
			return fmt.Errorf("answer chat %s: %w", e.Chat, err)
		}
		w.replied.keep(reply, until)
		w.opts.Log.Debug().Ctx(ctx).Str("chat", string(e.Chat)).Uint64("seq", reply.Seq).Uint64("through", reply.State.AnsweredThrough).Msg("replied")
		if reply.State.Handover {
			w.metrics.replied(handedOver)
			return w.askForPerson(ctx, e, reply.Seq, reply.State.AnsweredThrough, reply.Team())
		}
		w.metrics.replied(answered)
		if reply.State.AnsweredThrough >= e.Seq {
			return nil
		}
		// The reply was for earlier messages: a full burst, or what slipped in before a
		// hand-back. Their deliveries find them answered and leave the rest to this one.
		hint = nil
	}
}

// reply stores the reply to the event, and returns it and when the last message that it
// covers was stored. On a hint it looks at what the visitor wrote up to the sequence through
// only.
func (w *Worker) reply(ctx context.Context, e chat.Event, hint *bus.Hint, through uint64) (reply chat.Event, until time.Time, err error) {
	var known *bus.Snapshot
	if hint != nil {
		known = &hint.Snapshot
	}
	hinted := hint != nil
	reply, err = w.conn.GuardedAppend(ctx, e.Chat, e.Seq, known, func(s bus.Snapshot) (reply chat.Event, err error) {
		may := span{0, math.MaxUint64, false}
		if hinted { // the first look: a hint from before a reply is not worth a thought
			hinted = false
			may = span{e.Seq, through, through == e.Seq && onlyOpen(e, hint)}
		}
		reply, until, err = w.decide(ctx, e, s, may)
		return reply, err
	})
	return reply, until, err
}

// span is what a reply may cover: nothing that begins before the sequence from, and
// nothing above the sequence to, which is not read then. To is at least the sequence of
// the event that is being handled; what comes later has deliveries of its own. only says
// that this event is known to be all that it holds.
type span struct {
	from, to uint64
	only     bool
}

// decide thinks of the reply to everything in the span that is not covered in this state
// of the chat, and returns when the last message that it covers was stored. Whether the
// reply may be stored is up to the guarded append that follows.
func (w *Worker) decide(ctx context.Context, cause chat.Event, s bus.Snapshot, may span) (reply chat.Event, until time.Time, err error) {
	id := cause.Chat
	if s.State.Handover {
		return chat.Event{}, until, &handoverError{s.Out, s.State.AnsweredThrough}
	}
	if s.State.Asleep() && cause.Seq > s.State.Snooze.Through {
		return chat.Event{}, until, errAsleep
	}
	if !s.State.BotSpeaks() {
		return chat.Event{}, until, errSilent
	}
	if s.State.AnsweredThrough >= cause.Seq {
		return chat.Event{}, until, errSilent // a reply covers it, which is final
	}
	messages, read := []chat.Event{cause}, cause.Seq
	if !may.only {
		messages, read, err = w.unanswered(ctx, id, s, may.to)
	}
	if err != nil {
		return chat.Event{}, until, err
	}
	switch {
	case may.from > 0 && (len(messages) == 0 || messages[0].Seq < may.from):
		return chat.Event{}, until, errSilent // on a hint: GuardedAppend decides again on a read
	case len(messages) == 0 || messages[0].Seq > cause.Seq:
		// Messages after the cause have their own deliveries. Answered here, they would
		// be thought about again there, on a hint from before that answer.
		return chat.Event{}, until, w.nothingOpen(ctx, cause, s, read)
	}
	if err := w.open(ctx, cause, s); err != nil {
		return chat.Event{}, until, err
	}
	last := messages[len(messages)-1]
	q := answer.Question{Chat: id, Visitor: w.opts.Mask.Text(last.From.Name), Bot: w.site.Bot(), Site: w.opts.Site, Source: sourceOf(cause, messages), Inputs: w.masked(messages), Before: w.masked(w.before(ctx, id, s, messages)), Teams: &w.teams.Now().Set}
	a, err := w.think(ctx, q)
	if err != nil {
		return chat.Event{}, until, fmt.Errorf("think: %w", err)
	}
	next, err := s.State.Apply(chat.Step{Kind: chat.Reply, At: w.opts.Now(), AnsweredThrough: last.Seq, Visitor: last.From.Name, Handover: a.Handover})
	if err != nil {
		return chat.Event{}, until, errSilent
	}
	return chat.Event{Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot, Name: q.Bot}, Text: a.Text, Parts: forTeam(w.sound(a.Parts), a.Team), Aside: a.Aside, Why: a.Why, State: &next}, last.At, nil
}

// sourceOf returns where what is answered came from: the cause, or, if the chat was handed
// back, the visitor's last message.
func sourceOf(cause chat.Event, messages []chat.Event) string {
	return cmp.Or(cause.Source, messages[len(messages)-1].Source)
}

// nothingOpen returns errSilent if there is nothing to answer in this state, given what
// the visitor wrote up to the sequence read. Otherwise it returns why that is unknown:
// the read was answered by a stale leader of the stream.
func (w *Worker) nothingOpen(ctx context.Context, cause chat.Event, s bus.Snapshot, read uint64) error {
	if s.State.AnsweredThrough >= cause.Seq || read >= cause.Seq {
		return errSilent // a reply covers it, which is final, or everything up to it was read
	}
	head, err := w.conn.ReadAtLeast(ctx, cause.Chat, cause.Seq)
	if err != nil {
		return err
	}
	if head.Input <= read {
		return errSilent
	}
	open, err := bus.AtLeast(ctx, cause.Chat, head.Input, func() (open bool, through uint64, err error) {
		messages, read, err := w.unanswered(ctx, cause.Chat, s, math.MaxUint64)
		if len(messages) > 0 && messages[0].Seq <= cause.Seq {
			return true, math.MaxUint64, err
		}
		return false, read, err
	})
	if err != nil {
		return err
	}
	if open {
		return fmt.Errorf("%w: the first read of chat %s missed a message", bus.ErrStale, cause.Chat)
	}
	return errSilent
}

// think asks the thinker, and streams the answer while it is being written.
func (w *Worker) think(ctx context.Context, q answer.Question) (a answer.Answer, err error) {
	ctx, span := w.opts.Tracer.Start(ctx, "think", "")
	span.Str("chat", string(q.Chat)).Int("messages", int64(len(q.Inputs)))
	w.metrics.working.Inc()
	w.thoughts.Add(1)
	err = errPanicked // unless it returns
	defer func(began time.Time) {
		w.metrics.working.Dec()
		w.thoughts.Add(-1)
		w.metrics.thought(began, err)
		span.End(err)
	}(time.Now())
	defer typing(w.conn, q.Chat, q.Bot, w.opts.Log).stop()
	words := newStream(w.conn, q.Chat, q.Bot, w.opts.Log)
	defer words.end()
	return w.thinker.Think(ctx, q, words)
}

// errPanicked is the error of a thinker that did not return.
var errPanicked = errors.New("the thinker panicked")

// unanswered reads the messages up to the sequence to that a reply in this state of the
// chat would cover, and the sequence up to which it read: the highest there is if reading
// more would change nothing.
func (w *Worker) unanswered(ctx context.Context, id chat.ID, s bus.Snapshot, to uint64) (messages []chat.Event, read uint64, err error) {
	for read = s.State.AnsweredThrough; ; {
		inputs, err := w.conn.Inputs(ctx, id, read, to, maxBurst)
		if err != nil {
			return nil, 0, err
		}
		if n := len(inputs); n > 0 {
			read = inputs[n-1].Seq
		}
		messages := addressedToBot(s, inputs)
		if slices.ContainsFunc(inputs, func(e chat.Event) bool { return endsTurn(s, e) }) {
			read = math.MaxUint64
		}
		if len(messages) > 0 || read == math.MaxUint64 || len(inputs) < maxBurst {
			return messages, read, nil
		} // otherwise requests only: read on
	}
}

func (w *Worker) speaker() chat.Speaker { return chat.Speaker{Role: chat.RoleBot, Name: w.site.Bot()} }

// addressedToBot returns the messages that the bot must answer. If the visitor asked for
// a person or closed the chat, and that is not decided yet, later messages are for
// whoever answers then; the bot wakes on the decision.
func addressedToBot(s bus.Snapshot, inputs []chat.Event) []chat.Event {
	var messages []chat.Event
	for _, e := range inputs {
		if endsTurn(s, e) {
			break
		}
		if e.Kind == chat.Message {
			messages = append(messages, e)
		}
	}
	return messages
}

// endsTurn reports whether the event is a request that is about to change who answers.
// A request that is decided, or that a closed chat refuses, changes nothing.
//
// A close before the last event that carries a state may have been refused without a
// trace: the chat was closed, and a reply has opened it since. Nobody would ever decide
// it, so the bot does not wait for that. If it is decided after all, whichever is stored
// first counts, the reply or the state change; the other one is refused.
func endsTurn(s bus.Snapshot, e chat.Event) bool {
	if e.Kind != chat.Request || e.From.Role != chat.RoleVisitor || e.Seq <= s.State.RequestsThrough {
		return false
	}
	return e.Request == chat.Escalate || e.Request == chat.Close && s.State.Is() != chat.Closed && e.Seq > s.Out
}
