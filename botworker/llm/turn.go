package llm

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/chat"
)

// turn is one attempt at an answer.
type turn struct {
	client   *Client
	progress Progress
	with     option // what the request has
	endless  bool   // a stream may end without an end mark

	after    time.Duration   // how long the endpoint asks to be left alone
	accepted bool            // the endpoint took the request
	ended    bool            // it closed the stream in an orderly way, without an end mark
	streamed bool            // part of the answer was passed on
	written  int             // bytes that the model wrote, whether anybody reads them or not
	unseen   int             // bytes that nobody reads: thoughts, arguments of tools
	heard    strings.Builder // the words as they came, up to a bound
	screen   screen
	text     strings.Builder // what the visitor may read
	length   int             // characters in text
	shown    strings.Builder // what was passed on since the last restart
	model    string          // the model that answers, by the endpoint's own word
	hushed   bool            // text is not passed on yet: see Config.Whole, or
	unsure   bool            // it may turn out to be thoughts
	calls    []*call
	finished bool
	result   Result
}

// call is a call of a tool that the endpoint recognized.
type call struct {
	index           int
	id              string
	name, arguments string
}

// afterEnd is how long an endpoint may be silent after it gave the reason of the end: the
// number of tokens and the end mark follow at once, or not at all.
const afterEnd = 3 * time.Second

func (t *turn) run(ctx context.Context, prompt Prompt) (Result, error) {
	began := time.Now()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// Any byte is a sign of life. It may be long until the next one while the model only
	// thinks, and less long once it writes.
	silence, limit := errFirstWord, t.client.cfg.FirstWord
	patience := time.AfterFunc(limit, func() { cancel(silence) })
	defer patience.Stop()

	t.screen = screen{say: t.say, void: t.void}
	request, err := t.client.request(prompt, t.with)
	if err != nil {
		return Result{}, err
	}
	answer, after, err := t.client.post(ctx, request, func() { patience.Reset(limit) })
	t.after = after
	if err != nil {
		return Result{}, causeOf(ctx, err)
	}
	defer func() { _ = answer.Close() }()
	b := newBody(answer)
	thinks := false
	for {
		v, err := b.next()
		if errors.Is(err, io.EOF) {
			if err := t.endOf(b); err != nil {
				return Result{}, causeOf(ctx, err)
			}
			return t.finish()
		}
		if err != nil && t.complete() {
			return t.finish() // whatever became of the end mark
		}
		if err != nil {
			return Result{}, causeOf(ctx, asCut(err))
		}
		c, err := parse(v)
		if err != nil && t.complete() {
			return t.finish()
		}
		if err != nil {
			return Result{}, err
		}
		t.accepted = true
		some := t.take(c)
		if t.complete() && limit > afterEnd {
			patience.Stop()
			limit = afterEnd
			patience = time.AfterFunc(limit, func() { cancel(errStall) })
			defer patience.Stop()
		}
		if !some {
			continue
		}
		switch {
		case t.unseen > maxUnseen || t.screen.unseen() > maxUnseen || t.hushed && t.text.Len() > maxUnseen:
			return Result{}, errEndless // closing the stream stops the endpoint
		case t.length >= chat.MaxText && !t.hushed:
			return t.finish() // enough; closing the stream stops the endpoint
		}
		if !thinks {
			thinks = true
			t.client.metrics.firstWord.Observe(time.Since(began).Seconds())
		}
		if t.length > 0 && !t.complete() && limit != t.client.cfg.Stall {
			patience.Stop()
			limit = t.client.cfg.Stall
			patience = time.AfterFunc(limit, func() { cancel(errStall) })
			defer patience.Stop()
		}
	}
}

// complete reports whether the endpoint has said why the answer ends: only the number of
// tokens and the end mark may follow.
func (t *turn) complete() bool {
	return t.result.Finish != "" && (t.written > 0 || t.result.Finish == Filter)
}

// endOf decides whether a stream that was closed is complete.
func (t *turn) endOf(b *body) error {
	switch {
	case t.finished || b.done:
		t.client.manners.endless.Store(false)
		return nil
	case !t.accepted && len(b.strays) > 0:
		return garbled(string(b.strays))
	case !t.accepted:
		return errCut
	case t.endless && t.written > 0:
		t.client.manners.endless.Store(true)
		return nil
	}
	t.ended = true
	return errCut
}

// offers are the options that the request really had.
func (t *turn) offers() option {
	if t.with&askToStream == 0 {
		return t.with &^ askUsage
	}
	return t.with
}

// take adds a chunk to the answer and reports whether it contained anything, even if only
// thoughts.
func (t *turn) take(c chunk) bool {
	t.listen(c)
	if c.usage != nil {
		t.result.PromptTokens, t.result.AnswerTokens = max(0, c.usage.PromptTokens), max(0, c.usage.CompletionTokens)
	}
	if c.whole && t.written > 0 {
		c.thought = ""
		// Each value has all that came before, once more; or only the last one has it; or
		// pieces come under this name.
		if more, again := strings.CutPrefix(c.text, t.heard.String()); again {
			c.text = more
		} else if c.finish != "" {
			c.text = ""
		}
	}
	if t.heard.Len() <= maxUnseen {
		t.heard.WriteString(c.text)
	}
	if c.thought != "" {
		t.unseen += len(c.thought)
		t.screen.overhear(c.thought)
		t.screen.trusted = true // the endpoint tells thoughts from words
		t.unhush()
	}
	t.written += len(c.text) + len(c.thought)
	if c.text != "" {
		t.screen.feed(c.text)
	}
	for _, part := range c.calls {
		t.call(part)
	}
	if c.finish != "" || c.whole {
		t.finished = true
	}
	if c.finish != "" {
		t.result.Finish = finishOf(c.finish)
		t.result.Handover = t.result.Handover || calledBadly(c.finish)
	}
	return c.text != "" || c.thought != "" || len(c.calls) > 0
}

// listen decides, before the first word, whether the answer is passed on while it comes.
func (t *turn) listen(c chunk) {
	if t.written == 0 {
		t.model = cmp.Or(t.model, c.model)
		t.unsure = !t.screen.trusted && t.client.manners.voices.mayThinkAloud(t.model)
		t.hushed = t.unsure || t.client.cfg.Whole
	}
}

// say passes text on, up to the length of an answer.
func (t *turn) say(words string) {
	if t.hushed && t.screen.trusted && !t.client.cfg.Whole {
		t.unhush()
	}
	if t.length == 0 && t.screen.thoughts > 0 {
		words = strings.TrimLeft(words, " \n\t")
	}
	if !t.hushed {
		words = clip(words, chat.MaxText-t.length)
	}
	if words == "" {
		return
	}
	if t.length == 0 && !t.hushed && t.screen.suspicious {
		t.hushed = true
	}
	t.length += utf8.RuneCountInString(words)
	t.text.WriteString(words)
	if !t.hushed {
		t.show(words)
	}
}

func (t *turn) show(words string) {
	t.streamed = true
	if words = strings.ReplaceAll(words, gap, ""); words != "" {
		t.shown.WriteString(words)
		t.progress.Delta(words)
	}
}

// unhush passes on what was held back: it is certain now to be the answer.
func (t *turn) unhush() {
	if !t.hushed {
		return
	}
	t.hushed = false
	text := t.text.String()
	t.text.Reset()
	t.length = 0
	if text != "" {
		t.say(text)
	}
}

// void takes back everything so far: it was not meant for the visitor. The model began
// to think before its first word, so it will do so again.
func (t *turn) void() {
	t.client.manners.voices.learn(t.model, true)
	t.text.Reset()
	t.length = 0
	t.unsure, t.hushed = false, t.client.cfg.Whole
	if t.streamed {
		t.progress.Restart()
		t.streamed = false
		t.shown.Reset()
	}
}

// Limits for what is kept of tool calls.
const (
	maxCalls     = 8
	maxArguments = 4000
)

// maxUnseen bounds what the model may send beside its answer, in bytes: some 16,000 tokens,
// which somebody pays for.
const maxUnseen = 64 << 10

// call assembles a tool call, which arrives in fragments. Servers number them all 0, or
// not at all: another id, or another name after whole arguments, is another call.
func (t *turn) call(part callPart) {
	t.unseen += len(part.name) + len(part.arguments)
	t.written += len(part.name) + len(part.arguments)
	var f *call
	for _, known := range t.calls {
		if known.index == part.index || part.index < 0 {
			f = known // the latest one
		}
	}
	if f != nil && (part.id != "" && f.id != "" && part.id != f.id || part.name != "" && json.Valid([]byte(f.arguments))) {
		f = nil
	}
	if f == nil {
		if len(t.calls) >= maxCalls {
			return
		}
		f = &call{index: part.index}
		t.calls = append(t.calls, f)
	}
	if f.id == "" {
		f.id = part.id
	}
	if len(f.name)+len(part.name) <= 4*len(handOver) {
		f.name += part.name
	}
	if len(f.arguments)+len(part.arguments) <= maxArguments {
		f.arguments += part.arguments
	}
}

// finish makes the result. Calls of any other tool are dropped; nothing but the hand-over
// is ever run.
func (t *turn) finish() (Result, error) {
	t.screen.cut = t.result.Finish == Length
	t.screen.end()
	r := t.result
	for _, f := range t.calls {
		if strings.Contains(strings.ToLower(f.name), handOver) {
			r.Handover = true
			r.HandoverReason = handoverReason(f.arguments)
			r.HandoverTeam = handoverTeam(f.arguments)
		}
	}
	unknown := len(t.calls) > 0
	for _, written := range t.screen.calls {
		if callsPerson(written) {
			r.Handover = true
			if r.HandoverReason == "" {
				r.HandoverReason = handoverReason(written)
			}
			r.HandoverTeam = cmp.Or(r.HandoverTeam, handoverTeam(written))
		}
		unknown = true
	}
	t.closing(&r)
	switch {
	case r.Text != "" || r.Handover || r.Finish == Filter:
		return r, nil
	case unknown:
		return Result{}, errTool
	case t.unseen+t.screen.thoughts > 0:
		return Result{}, errThoughts
	default:
		return Result{}, errEmpty
	}
}

// closing makes the text of the result, and has what was held back shown.
func (t *turn) closing(r *Result) {
	if t.unsure && t.hushed && !t.screen.suspicious && r.Finish == Length && !r.Handover {
		t.text.Reset() // it never came to the end of its thoughts
		t.length = 0
	} else if t.hushed {
		t.client.manners.voices.learn(t.model, false)
		t.unhush()
	}
	text := tidy(t.text.String())
	if shown := strings.TrimSpace(t.shown.String()); !strings.HasPrefix(strings.TrimSpace(text), shown) {
		t.progress.Restart() // the end of what was shown belongs to a call
		t.shown.Reset()
		if text = strings.TrimSpace(text); text != "" {
			t.show(text)
		}
	}
	r.Text = strings.TrimSpace(clip(text, chat.MaxText))
	if t.length >= chat.MaxText && r.Text != "" {
		r.Text, r.Finish = shorten(r.Text), Length
	}
	switch {
	case t.screen.lost && r.Finish != Filter:
		r.Finish = Length // some of the answer may be in the thoughts that never ended
	case r.Finish == "":
		r.Finish = Stop
	}
}

// causeOf prefers the cause of the context's end to the error that resulted.
func causeOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// asCut classifies the errors of reading: what is not known is a broken connection.
func asCut(err error) error {
	if errors.Is(err, errGarbled) || errors.Is(err, errTooLarge) {
		return err
	}
	return errCut
}
