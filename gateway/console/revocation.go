package console

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// Revocation keeps the open consoles in step with the accounts: it disconnects
// agents who are no longer signed in (signed out, disabled, or with a password that
// was changed), and knows the name that each has now.
type Revocation struct {
	renamed func() // called when an agent with an open console has a new name

	mu   sync.Mutex // guards open
	open map[*SignedIn]struct{}
}

// NewRevocation returns one that keeps no console. renamed must not block.
func NewRevocation(renamed func()) *Revocation {
	return &Revocation{renamed: renamed, open: map[*SignedIn]struct{}{}}
}

// SignedIn is the agent of one open console. Its methods may be called concurrently.
type SignedIn struct {
	sock  *conn.Socket
	agent atomic.Pointer[accounts.Agent]
}

// Agent returns the agent with the name and the role that the account has now.
func (s *SignedIn) Agent() accounts.Agent { return *s.agent.Load() }

// Chat returns the agent as chats know agents, with the account's name now.
func (s *SignedIn) Chat() chat.Agent { return s.agent.Load().Chat() }

// Recheck looks the agent up once more now that changes are heard: one may have come
// between the first look and Keep.
func (s *SignedIn) Recheck(look func() (accounts.Agent, error)) {
	was := s.agent.Load()
	now, err := look()
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
	s = &SignedIn{sock: sock}
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

// Run follows the accounts until the context ends.
func (r *Revocation) Run(ctx context.Context, all *accounts.Accounts) error {
	all.Follow(ctx, r.changed)
	return nil
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
			if now.Name != was.Name {
				r.renamed()
			}
		}
	}
}
