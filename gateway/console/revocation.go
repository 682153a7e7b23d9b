package console

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/rights"
)

// lookEvery is how often the open consoles are searched for sessions whose time is up.
// Whoever acts after the end is stopped at once: see SignedIn.Over.
const lookEvery = time.Second

// Revocation keeps the open consoles in step with the accounts: it disconnects
// agents who are no longer signed in (signed out, disabled, idle for too long, or with a
// password that was changed), and knows the name that each has now.
type Revocation struct {
	accounts *accounts.Accounts
	renamed  func(now *SignedIn, was accounts.Agent) // called when an agent with an open console has a new name or role

	mu   sync.Mutex // guards open
	open map[*SignedIn]struct{}
}

// NewRevocation returns one that keeps no console. renamed must not block.
func NewRevocation(all *accounts.Accounts, renamed func(now *SignedIn, was accounts.Agent)) *Revocation {
	return &Revocation{accounts: all, renamed: renamed, open: map[*SignedIn]struct{}{}}
}

// SignedIn is the agent of one open console. Its methods may be called concurrently.
type SignedIn struct {
	accounts *accounts.Accounts
	renamed  func(now *SignedIn, was accounts.Agent) // Revocation.renamed
	sock     *conn.Socket
	agent    atomic.Pointer[accounts.Agent]
	// prolonging is set while a use of the session is being recorded.
	prolonging atomic.Bool
}

// Agent returns the agent with the name and the role that the account has now.
func (s *SignedIn) Agent() accounts.Agent { return *s.agent.Load() }

// Chat returns the agent as chats know agents, with the account's name now.
func (s *SignedIn) Chat() chat.Agent { return s.agent.Load().Chat() }

// Present reports whether the agent counts as online: whoever may only read does not, since
// nobody is to be told of one, or to wait for one.
func (s *SignedIn) Present() bool { return s.Agent().Role.May(rights.Answer) }

// Over reports whether the session is over, and then ends the console. It is quick, and
// asked before each frame is handled: nothing is done for an agent who is no longer
// signed in.
func (s *SignedIn) Over() bool {
	if !s.accounts.Over(s.Agent()) {
		return false
	}
	s.sock.Close(conn.SignedOut)
	return true
}

// ProlongDue reports whether the agent's act has to be recorded; if so, the caller must
// call Prolong. It is quick, and only for what a person causes.
func (s *SignedIn) ProlongDue() bool {
	return s.accounts.ProlongDue(s.Agent()) && s.prolonging.CompareAndSwap(false, true)
}

// Prolong records that the agent did something. What can't be recorded now is recorded
// with a later act.
func (s *SignedIn) Prolong(ctx context.Context) {
	defer s.prolonging.Store(false)
	was := s.Agent()
	s.update(func(was accounts.Agent) (accounts.Agent, error) { return s.accounts.Prolong(ctx, was) })
	s.tell(was) // it may have read what the account was changed to before that is heard
}

// tell tells the console that its agent has another name or role than before, if that is so.
func (s *SignedIn) tell(was accounts.Agent) {
	now := s.Agent()
	if now.Name == was.Name && now.Role == was.Role {
		return
	}
	s.sock.Send(frame.Encode(frame.You{T: "you", Agent: frame.Person{User: now.User, Name: now.Name, Role: string(now.Role)}}))
	s.renamed(s, was)
}

// Recheck looks the agent up once more now that changes are heard: one may have come
// between the first look and Keep.
func (s *SignedIn) Recheck(look func() (accounts.Agent, error)) {
	s.update(func(accounts.Agent) (accounts.Agent, error) { return look() })
}

// update has look find out what the agent is now. A refusal ends the console.
func (s *SignedIn) update(look func(was accounts.Agent) (accounts.Agent, error)) {
	was := s.agent.Load()
	now, err := look(*was)
	var no *bus.Refusal
	switch {
	case err == nil:
		s.agent.CompareAndSwap(was, &now) // unless a later change was heard meanwhile
	case errors.As(err, &no):
		s.sock.Close(conn.SignedOut)
	}
}

// Keep remembers a console until forget is called.
func (r *Revocation) Keep(sock *conn.Socket, who accounts.Agent) (s *SignedIn, forget func()) {
	s = &SignedIn{accounts: r.accounts, renamed: r.renamed, sock: sock}
	s.agent.Store(&who)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open[s] = struct{}{}
	return s, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.open, s)
	}
}

// Run follows the accounts and the clock until the context ends.
func (r *Revocation) Run(ctx context.Context) error {
	var following sync.WaitGroup
	defer following.Wait()
	following.Go(func() { r.accounts.Follow(ctx, r.changed) })
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			r.endOver()
		}
	}
}

// endOver ends the consoles whose session is over.
func (r *Revocation) endOver() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for s := range r.open {
		s.Over()
	}
}

func (r *Revocation) changed(change accounts.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for s := range r.open {
		was := s.Agent()
		switch {
		case change.User() != was.User:
		case change.Ends(was):
			s.sock.Close(conn.SignedOut)
		default:
			now := change.Agent(was)
			s.agent.Store(&now)
			s.tell(was)
		}
	}
}
