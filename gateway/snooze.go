package gateway

import (
	"context"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/roles"
)

// mostMinutes is more than any chat may be snoozed for: what is beyond is not worked out.
const mostMinutes = 2 * 366 * 24 * 60

// snooze lets a chat of the agent's rest until a time, or until the visitor writes.
func (s *agentSession) snooze(ctx context.Context, f frame.In, id chat.ID) error {
	until, err := snoozeUntil(f, time.Now())
	if err != nil {
		return err
	}
	if err := s.g.admission.Room(); err != nil {
		return err
	}
	home, err := s.g.regions.Of(id)
	if err != nil {
		return err
	}
	return called(ctx, s, f, id, func(ctx context.Context) (roles.DeskReply, error) {
		return callPatiently(ctx, home, roles.DeskSnooze, roles.DeskRequest{Chat: id, ID: f.ID, Agent: s.who.Chat(), Role: s.who.Agent().Role, Seen: f.Seen, Until: until})
	})
}

// snoozeUntil returns the time that a frame names; zero: when the visitor writes. "In an hour" is
// counted by the clock here, not by that of the browser.
func snoozeUntil(f frame.In, now time.Time) (time.Time, error) {
	if f.Minutes != 0 {
		if f.Minutes < 1 || f.Minutes > mostMinutes || f.Until != "" {
			return time.Time{}, frame.Refuse(codes.BadTime, "Choose how many minutes, from 1 up to a year, or a date and time.")
		}
		return now.Add(time.Duration(f.Minutes) * time.Minute).UTC(), nil
	}
	if f.Until == "" {
		return time.Time{}, nil
	}
	until, err := time.Parse(time.RFC3339, f.Until)
	if err != nil || until.IsZero() {
		return time.Time{}, frame.Refuse(codes.BadTime, "That isn’t a date and time.")
	}
	return until.UTC(), nil
}
