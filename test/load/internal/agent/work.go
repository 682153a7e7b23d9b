package agent

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// Habits says how an agent works.
type Habits struct {
	AtOnce   int           // chats at most
	Pause    time.Duration // about how long between two things that are done in a chat
	Rivals   *Rivals       // shared by all agents
	Partings *Partings     // shared by all agents and visitors
	Tags     bool          // chats are tagged, and macros are used
	Others   []string      // the accounts to which chats are passed on, if there are any
	Teams    *Keeper       // nil: there are none
	Over     func() bool   // reports whether visitors begin nothing more; nil: never
	Quit     <-chan struct{}
}

// Work takes chats that wait, speaks in them and lets them go again. It returns
// when Quit is closed and the agent's last chat is let go, or when the context
// ends or the agent does. It runs beside Run, once.
func (a *Agent) Work(ctx context.Context, h Habits) {
	var wg sync.WaitGroup
	defer wg.Wait()
	again := time.NewTicker(time.Second) // it may be over
	defer again.Stop()
	busy := desk{mine: map[string]bool{}}
	for {
		a.mu.Lock()
		changed, over := a.changed, a.over
		a.mu.Unlock()
		if over {
			return
		}
		desk := a.Desk()
		begin := func(chat, how string) {
			if !busy.begin(chat, h.AtOnce) {
				return
			}
			r := a.fork()
			wg.Go(func() {
				defer busy.end(chat)
				a.attend(ctx, h, chat, how, r)
			})
		}
		for chat, d := range desk {
			if d.Status == "waiting" && a.tries(h, chat, d.Team) {
				begin(chat, "take")
			}
		}
		for chat, d := range desk { // what a colleague passed on, what woke up, or another connection of ours got
			switch mine := d.Status == "live" && d.Agent.User == a.o.User && len(h.Others) > 0; {
			case mine && !d.Snoozed:
				begin(chat, "given")
			case mine && h.over():
				begin(chat, "wake")
			}
		}
		for chat, d := range desk { // who was missed comes after who waits
			if d.Missed != "" && d.Status != "waiting" && d.Status != "live" {
				begin(chat, "step_in")
			}
		}
		select {
		case <-changed:
		case <-again.C:
		case <-busy.ended(): // there is room again
		case <-h.Quit:
			return
		case <-ctx.Done():
			return
		}
	}
}

// fork returns a random source for another goroutine.
func (a *Agent) fork() *rand.Rand {
	a.mu.Lock()
	defer a.mu.Unlock()
	return rand.New(rand.NewPCG(a.o.Rand.Uint64(), a.o.Rand.Uint64()))
}

// desk is the chats that an agent is busy with.
type desk struct {
	mu   sync.Mutex // guards what follows
	mine map[string]bool
	free chan struct{}
}

func (d *desk) begin(chat string, most int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.mine[chat] || len(d.mine) >= most {
		return false
	}
	d.mine[chat] = true
	return true
}

func (d *desk) end(chat string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.mine, chat)
	if d.free != nil {
		close(d.free)
		d.free = nil
	}
}

// ended returns what is closed when the next chat is let go.
func (d *desk) ended() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.free == nil {
		d.free = make(chan struct{})
	}
	return d.free
}

// visit is one agent's time with one chat.
type visit struct {
	*Agent
	h    Habits
	chat string
	r    *rand.Rand // its own
}

// attend tries to get a chat and works on it. What ends it early is that the
// agent or the context ends; what is refused is only recorded.
func (a *Agent) attend(ctx context.Context, h Habits, chat, how string, r *rand.Rand) {
	v := &visit{Agent: a, h: h, chat: chat, r: r}
	defer a.Unwatch(chat)
	if r.IntN(2) == 0 { // a look before
		if _, err := a.Watch(ctx, chat); err != nil {
			return
		}
	}
	if h.Rivals.Contested(chat) {
		h.Rivals.Meet(ctx, chat)
		if r.IntN(3) > 0 && v.tags(ctx) != nil { // all at once
			return
		}
	} else if !v.pause(ctx) {
		return
	}
	if how == "step_in" && r.IntN(4) == 0 {
		how = "dealt"
	}
	if how == "wake" {
		v.wakeUp(ctx)
		return
	}
	if how == "given" {
		if _, err := a.Watch(ctx, chat); err == nil && v.talk(ctx) {
			v.let(ctx)
		}
		return
	}
	to := ""
	switch n := r.IntN(8); {
	case how != "take" || len(h.Others) == 0:
	case n == 0:
		how, to = "assign", v.other()
	case n == 1 && h.Teams != nil:
		v.passTo(ctx, "pass_team", v.line())
		return
	}
	got, err := a.Call(ctx, how, chat, to)
	if err != nil {
		return
	}
	if got.Code != "" {
		v.beaten(ctx, got.Code)
		return
	}
	a.count(func(t *Tally) {
		switch how {
		case "take":
			t.Taken++
		case "step_in":
			t.SteppedIn++
		case "dealt":
			t.Dealt++
		case "assign":
			t.Assigned++
		}
	})
	if how == "dealt" || how == "assign" {
		return
	}
	if _, err := a.Watch(ctx, chat); err != nil {
		return
	}
	if v.talk(ctx) {
		v.let(ctx)
	}
}

func (a *Agent) count(how func(*Tally)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	how(&a.tally)
}

// beaten is what an agent does who did not get the chat: perhaps a note, perhaps
// a word although it is not the agent's to speak, perhaps a look for a while.
func (v *visit) beaten(ctx context.Context, code string) {
	switch code {
	case "taken":
		v.count(func(t *Tally) { t.Beaten++ })
	case "other_team":
		v.count(func(t *Tally) { t.Others++ })
		v.pause(ctx)
	}
	switch v.r.IntN(4) {
	case 0:
		_, _ = v.Call(ctx, "note", v.chat, v.words("too late for this one"))
	case 1:
		_, _ = v.Call(ctx, "say", v.chat, v.words("I speak although another one has the chat"))
	case 2:
		if _, err := v.Watch(ctx, v.chat); err == nil {
			v.pause(ctx)
		}
	case 3:
		v.meddle(ctx)
	}
}

// meddle does to another's chat what only its agent may, or takes it over.
func (v *visit) meddle(ctx context.Context) {
	if len(v.h.Others) == 0 {
		return
	}
	if v.r.IntN(2) == 0 {
		_, _ = v.Call(ctx, "pass_on", v.chat, v.other())
		return
	}
	if got, err := v.Call(ctx, "take_over", v.chat, ""); err == nil && got.Code == "" {
		v.count(func(t *Tally) { t.TakenOver++ })
	}
}

// mention mentions a colleague, or the agent, who is told nothing of it, or nobody.
func (v *visit) mention() string {
	if len(v.h.Others) == 0 || v.r.IntN(3) == 0 {
		return ""
	}
	return " @" + v.other() + " @nobody-at-all"
}

// other is a colleague's account, or the agent's own, which is refused.
func (v *visit) other() string { return v.h.Others[v.r.IntN(len(v.h.Others))] }

// talk is a conversation; false means that the agent can't go on, or lets the chat rest.
func (v *visit) talk(ctx context.Context) bool {
	began := v.last(v.chat)
	for n := 1 + v.r.IntN(5); n > 0; n-- {
		if !v.pause(ctx) {
			return false
		}
		var got Answer
		var err error
		switch v.r.IntN(9) {
		case 8:
			err = v.tags(ctx)
		case 0:
			got, err = v.Call(ctx, "note", v.chat, v.words("a note, `not` for <visitors>")+v.mention())
		case 1:
			got, err = v.Page(ctx, v.chat, 0, 1+v.r.IntN(40))
			if err == nil && got.More && len(got.Events) > 0 {
				_, err = v.Page(ctx, v.chat, got.Events[0].Seq, 20)
			}
		case 7:
			if slept, done := v.snooze(ctx); done {
				return !slept
			}
		case 6: // written long ago
			if got, err = v.Say(ctx, v.chat, v.words("as I was about to say"), began); got.Code == "unseen" {
				v.count(func(t *Tally) { t.Unseen++ })
				began, got = v.last(v.chat), Answer{}
			}
		default:
			got, err = v.Call(ctx, "say", v.chat, v.words("let me see"))
		}
		if err != nil {
			return false
		}
		if got.Code != "" { // the chat is no longer the agent's
			return true
		}
		switch v.r.IntN(60) {
		case 0, 1, 2:
			v.Drop()
		case 3:
			if v.r.IntN(3) == 0 {
				_ = v.SignOut(ctx) // it may have ended meanwhile; nothing depends on it
			}
		}
	}
	return true
}

// tags changes the tags of the chat, which anybody may at any time.
func (v *visit) tags(ctx context.Context) error {
	if !v.h.Tags {
		return nil
	}
	what := "tag"
	if v.r.IntN(4) == 0 {
		what = "untag"
	}
	if v.r.IntN(4) == 0 { // what the site vouches for, if it signs
		_, err := v.Call(ctx, "mark", v.chat, fmt.Sprintf("%s=what %s says %d", wire.VouchedFor, v.o.User, v.r.IntN(12)))
		return err
	}
	_, err := v.Call(ctx, what, v.chat, fmt.Sprintf("tag %d", v.r.IntN(12)))
	return err
}

// let lets the chat go.
func (v *visit) let(ctx context.Context) {
	what := "return"
	switch n := v.r.IntN(20); {
	case n < 4 && len(v.h.Others) > 0:
		if v.passOn(ctx) {
			return
		}
	case n < 5:
		what = "transfer"
	case n < 7:
		what = "close"
	}
	if v.r.IntN(6) == 0 {
		v.DropOnCall()
	}
	v.h.Partings.now(v.chat)
	text := ""
	if v.h.Tags && v.r.IntN(3) == 0 {
		what, text = macro+what, v.words("last words")
	}
	if _, err := v.Call(ctx, what, v.chat, text); err != nil {
		return
	}
	if v.h.Teams != nil && v.r.IntN(5) == 0 {
		v.rest(ctx)
	}
	if v.r.IntN(2) == 0 { // a look at what the bot makes of it
		v.pause(ctx)
	}
}

// pause waits about as long as the habits say.
func (v *visit) pause(ctx context.Context) bool {
	if v.h.Pause <= 0 {
		return ctx.Err() == nil
	}
	return wire.Wait(ctx, v.h.Pause/2+time.Duration(v.r.Int64N(int64(v.h.Pause))))
}

func (v *visit) words(what string) string {
	return fmt.Sprintf("%s (%d, %s)", what, v.r.IntN(1_000_000), v.o.User)
}
