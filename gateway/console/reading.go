package console

import (
	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/teams"
)

// Limited reports whether there are chats that the agent may not read.
func (s *SignedIn) Limited(set teams.Set) bool { return Limited(s.Agent(), set) }

// MayRead reports whether the agent may read a chat of that team, which that account has
// (empty: nobody has it).
func (s *SignedIn) MayRead(set teams.Set, team, holder string) bool {
	return MayRead(s.Agent(), set, team, holder)
}

// Limited is SignedIn.Limited for an agent without a console.
func Limited(agent accounts.Agent, set teams.Set) bool {
	return set.Own && !agent.Role.May(rights.ReadAll)
}

// MayRead is SignedIn.MayRead for an agent without a console.
func MayRead(agent accounts.Agent, set teams.Set, team, holder string) bool {
	return !Limited(agent, set) || holder == agent.User || set.MayRead(team, agent.User)
}

func mayRead(s *SignedIn, set teams.Set, e desk.Entry) bool {
	return s.MayRead(set, e.Team, e.Holder())
}

// tell sends consoles an entry that is new or has changed; those that may not read it hear that
// it is gone, if they could before. b.mu is held.
func (b *Board) tell(was, now desk.Entry) {
	shown := frame.EntryOf(now)
	data := frame.Encode(frame.Desk{T: "desk", Set: &shown})
	set := b.teams.Now().Set
	for sock, who := range b.consoles {
		switch {
		case mayRead(who, set, now):
			sock.Send(data)
		case was.Chat != "" && mayRead(who, set, was):
			sock.Send(frame.Encode(frame.Desk{T: "desk", Gone: now.Chat}))
		}
	}
}

// readable removes what the agent may not read. The slice is not kept.
func (b *Board) readable(who *SignedIn, entries []desk.Entry) []desk.Entry {
	set := b.teams.Now().Set
	if !who.Limited(set) {
		return entries
	}
	kept := entries[:0]
	for _, e := range entries {
		if mayRead(who, set, e) {
			kept = append(kept, e)
		}
	}
	return kept
}

// beginAgain has the consoles that may not read everything connect again, since what they may
// read has changed: they get a list of what it is now. b.mu is held.
func (b *Board) beginAgain() {
	for sock, who := range b.consoles {
		if !who.Agent().Role.May(rights.ReadAll) {
			sock.Close(conn.GoingAway)
		}
	}
}
