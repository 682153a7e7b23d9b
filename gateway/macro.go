package gateway

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/macros"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/roles"
)

// macroStep is one thing that a macro does. did says that it was done, and not that it wasn't:
// parts of a sentence.
type macroStep struct {
	did, not string
	run      func(context.Context) (roles.DeskReply, error)
}

// endings are how a macro ends: the call, and the words for it.
var endings = map[macros.Then]struct {
	call     bus.Endpoint[roles.DeskRequest, roles.DeskReply]
	did, not string
}{
	macros.ThenReturn: {roles.DeskReturn, "the chat went back to the bot", "the chat was not handed back"},
	macros.ThenQueue:  {roles.DeskTransfer, "the chat was passed on", "the chat was not passed on"},
	macros.ThenClose:  {roles.DeskClose, "the chat was closed", "the chat was not closed"},
	macros.ThenPass:   {roles.DeskPassOn, "the chat was passed on", "the chat was not passed on"},
}

// macro runs a macro, as the agent saw it: it says its text, ends the agent's part in the chat,
// and tags it. Tags come last, since a chat that has moved on refuses the others, and then nothing
// was done; tags it would take at any time.
//
// Each step has an id made from the frame's. So a frame that is sent again, because the
// answer was lost or a gateway died between two steps, does what is left, and nothing twice. If a
// step is refused, those after it are left out: with nothing done the frame is refused, else it
// is acknowledged with a sentence that says what was done and what was not.
func (s *agentSession) macro(ctx context.Context, f frame.In, id chat.ID) error {
	steps, err := s.macroSteps(ctx, f, id)
	if err != nil {
		return err
	}
	if err := s.g.admission.Room(); err != nil {
		return err
	}
	giveBack, err := s.limits.MaySay(len(f.Text) + cardCost)
	if err != nil {
		return err
	}
	serving := ctx
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	answer := frame.Ran{T: "ack", ID: f.ID}
	for i, step := range steps {
		reply, err := step.run(ctx)
		no, refused := refusedFor(err)
		if err != nil && (i == 0 || !refused) {
			if i == 0 {
				giveBack()
			}
			return err // nothing was done, or it is not known yet: the client sends it again
		}
		if err != nil {
			answer.Refused = halfRun(f.Macro.Title, steps, i, no)
			break
		}
		answer.Seq = max(answer.Seq, reply.Seq)
	}
	if v := s.shown[id]; v != nil {
		v.Acknowledged(answer.Seq)
	}
	s.sock.Send(frame.Encode(answer))
	s.acted(serving)
	return nil
}

// macroSteps returns what a frame asks for, in the order in which it is done.
func (s *agentSession) macroSteps(ctx context.Context, f frame.In, id chat.ID) ([]macroStep, error) {
	m := f.Macro
	if m == nil {
		return nil, frame.Refuse(codes.BadFrame, "A macro says in \"macro\" what it does.")
	}
	if len(f.ID) > chat.MaxClientID-len(stepCard) {
		return nil, frame.Refuse(codes.BadFrame, fmt.Sprintf("The id of a macro has %d characters at most.", chat.MaxClientID-len(stepCard)))
	}
	if len(m.Tags) > macros.MaxTags || !slices.Contains(macros.Thens, macros.Then(m.Then)) {
		return nil, frame.Refuse(codes.BadFrame, fmt.Sprintf("A macro adds %d tags at most, and ends with one of: return, transfer, close, pass_on.", macros.MaxTags))
	}
	home, err := s.g.regions.Of(id)
	if err != nil {
		return nil, err
	}
	agent, role := s.who.Chat(), s.who.Agent().Role
	desk := func(ep bus.Endpoint[roles.DeskRequest, roles.DeskReply], req roles.DeskRequest) func(context.Context) (roles.DeskReply, error) {
		req.Chat, req.ID, req.Agent, req.Role = id, f.ID+req.ID, agent, role
		return func(ctx context.Context) (roles.DeskReply, error) { return callPatiently(ctx, home, ep, req) }
	}
	var steps []macroStep
	if f.Text != "" {
		text, err := chat.CleanText(f.Text)
		if err != nil {
			return nil, err
		}
		steps = append(steps, macroStep{"the reply was sent", "the reply was not sent", desk(roles.DeskSay, roles.DeskRequest{ID: stepSay, Text: text, Seen: f.Seen})})
	}
	if end, ok := endings[macros.Then(m.Then)]; ok {
		req := roles.DeskRequest{ID: stepEnd}
		if macros.Then(m.Then) == macros.ThenPass {
			if req.To, req.Team, err = s.macroGives(ctx, m); err != nil {
				return nil, err // before a word is said
			}
		}
		steps = append(steps, macroStep{end.did, end.not, desk(end.call, req)})
	}
	if len(m.Tags) > 0 {
		edit, err := chat.CardEdit{Add: m.Tags}.Clean()
		if err != nil {
			return nil, err
		}
		steps = append(steps, macroStep{"the tags were added", "the tags were not added", func(ctx context.Context) (roles.DeskReply, error) {
			return callPatiently(ctx, home, roles.DeskCard, roles.CardRequest{Chat: id, ID: f.ID + stepCard, Agent: agent, Role: role, Edit: edit})
		}})
	}
	if len(steps) == 0 {
		return nil, frame.Refuse(codes.BadFrame, "This macro says and does nothing.")
	}
	return steps, nil
}

// macroGives returns to whom a macro passes the chat on. One that is not there any more is refused
// before anything is done; whether somebody is away, or has room, is known where it is done.
func (s *agentSession) macroGives(ctx context.Context, m *frame.Macro) (to chat.Agent, team string, err error) {
	switch {
	case m.To != "":
		ctx, cancel := context.WithTimeout(ctx, storeTime)
		defer cancel()
		to, err = s.receiver(ctx, m.To)
		return to, "", err
	case m.Team == "":
		return to, "", frame.Refuse(codes.BadFrame, "A macro that passes a chat on says in \"to\" or \"to_team\" who gets it.")
	case m.Team != chat.NoTeam:
		if _, ok := s.g.teams.Now().Of(m.Team); !ok {
			return to, "", frame.Refuse(codes.NotAvailable, "That team isn’t there any more.")
		}
	}
	return to, m.Team, nil
}

// The ids of the steps are the frame's, and one of these. Clients know them: see
// docs/agent-protocol.md.
const (
	stepSay  = ".say"
	stepEnd  = ".end"
	stepCard = ".card"
)

// refusedFor returns the sentence of a refusal that no later try would change.
func refusedFor(err error) (sentence string, refused bool) {
	var no *bus.Refusal
	if !errors.As(err, &no) || no.Code == codes.Unavailable || no.Code == codes.RateLimited {
		return "", false
	}
	return no.Message, true
}

// halfRun says what a macro did before its step of that number was refused, and what it did not.
func halfRun(title string, steps []macroStep, at int, why string) string {
	var did, not []string
	for i, step := range steps {
		switch {
		case i < at:
			did = append(did, step.did)
		case i > at:
			not = append(not, step.not)
		}
	}
	title = strings.Join(strings.Fields(chat.Clean(title)), " ")
	if r := []rune(title); len(r) > macros.MaxTitle {
		title = string(r[:macros.MaxTitle])
	}
	sentence := fmt.Sprintf("Only a part of “%s” was done: %s, but %s. %s", title, strings.Join(did, ", "), steps[at].not, why)
	if len(not) > 0 {
		sentence += " And " + strings.Join(not, ", ") + "."
	}
	return sentence
}
