package escalation

import (
	"errors"
	"fmt"
	"strings"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/roles"
)

// refusal gives an error of the state machine a code and a sentence for the agent who acted.
// Any other error it returns as it is.
func refusal(err error, by chat.Agent) error {
	var taken *chat.TakenError
	var other *otherTeamError
	var full *fullError
	if unseen, is := errors.AsType[*chat.UnseenError](err); is {
		return &bus.Refusal{Code: codes.Unseen, Message: unseen.Error()}
	}
	switch {
	case errors.As(err, &other):
		return &bus.Refusal{Code: codes.OtherTeam, Message: other.Error()}
	case errors.As(err, &taken):
		return &bus.Refusal{Code: codes.Taken, Message: taken.By.Name + " has this chat."}
	case errors.As(err, &full):
		return &bus.Refusal{Code: codes.AtCapacity, Message: full.sentence(by)}
	case errors.Is(err, chat.ErrNotWaiting):
		return bus.Refuse(codes.NotWaiting)
	case errors.Is(err, chat.ErrNotLive):
		return bus.Refuse(codes.NotLive)
	case errors.Is(err, chat.ErrClosed):
		return bus.Refuse(codes.ChatClosed)
	case errors.Is(err, chat.ErrSelf):
		return &bus.Refusal{Code: codes.NotAvailable, Message: "You have this chat already. Choose someone else, or the queue."}
	}
	return err
}

// sentence is for the agent who acted.
func (e *fullError) sentence(by chat.Agent) string {
	chats := fmt.Sprint(e.has, " chats")
	if e.has == 1 {
		chats = "a chat"
	}
	switch {
	case e.has < 1: // all are in other regions
		return bus.Refuse(codes.AtCapacity).Message
	case e.agent.User == by.User:
		return "You already have " + chats + ". Finish one or pass it on, then take this one."
	}
	return e.agent.Name + " already has " + chats + "."
}

func notFound() error {
	return &bus.Refusal{Code: codes.NotFound, Message: "There is no such chat."}
}

// checkCall refuses a call whose parts can't be right, or whose agent may not do that. The
// gateway has checked them, but whoever can reach the service can call it.
func checkCall(req roles.DeskRequest, act rights.Act) error {
	if _, err := chat.ParseID(string(req.Chat)); err != nil {
		return notFound()
	}
	return checkCaller(req.ID, req.Agent, req.Role, act)
}

// checkCaller is checkCall for a call that is not about one chat.
func checkCaller(id string, agent chat.Agent, role rights.Role, act rights.Act) error {
	if err := chat.CheckClientID(id); err != nil {
		return badText(err)
	}
	if agent.User == "" || agent.Name == "" {
		return &bus.Refusal{Code: codes.BadText, Message: "This call does not say who makes it."}
	}
	if !role.May(act) {
		return &bus.Refusal{Code: codes.NotAllowed, Message: rights.Refusal(act)}
	}
	return nil
}

// checkWords is checkText for a call that may have files, and then needs no text.
func checkWords(req roles.DeskRequest, act rights.Act) (string, *chat.Parts, error) {
	if len(req.Files) == 0 {
		text, err := checkText(req, act)
		return text, nil, err
	}
	parts := &chat.Parts{Files: req.Files}
	if err := parts.CheckParts(); err != nil {
		return "", nil, &bus.Refusal{Code: codes.BadFile, Message: codes.Sentence(codes.BadFile), Detail: err.Error()}
	}
	if strings.TrimSpace(chat.Clean(req.Text)) == "" {
		return "", parts, checkCall(req, act)
	}
	text, err := checkText(req, act)
	return text, parts, err
}

// checkText is checkCall for a call with a text, which it returns trimmed.
func checkText(req roles.DeskRequest, act rights.Act) (string, error) {
	if err := checkCall(req, act); err != nil {
		return "", err
	}
	text, err := chat.CleanText(req.Text)
	if err != nil {
		return "", badText(err)
	}
	return text, nil
}

func badText(err error) error {
	code := codes.BadText
	var bad *chat.TextError
	if errors.As(err, &bad) && bad.TooLong {
		code = codes.TooLong
	}
	return &bus.Refusal{Code: code, Message: err.Error()}
}
