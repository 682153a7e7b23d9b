// Command write makes a folder of data that a later version is upgraded with: this version
// runs, a few chats are held, and what they hold is written down.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"time"

	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/wait"
	"github.com/parley-chat/parley/test/upgrade/internal/folder"
)

func main() {
	to := flag.String("to", "", "the folder to write, which must not exist")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := write(ctx, *to)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(ctx context.Context, to string) error {
	if to == "" {
		return errors.New("say with -to which folder to write")
	}
	if _, err := os.Stat(to); err == nil {
		return fmt.Errorf("the folder %s exists: data that was written once is never changed", to)
	}
	tmp, err := os.MkdirTemp("", "parley-upgrade")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	program, err := folder.Build(ctx, ".", tmp)
	if err != nil {
		return err
	}
	data, err := os.MkdirTemp(tmp, "data")
	if err != nil {
		return err
	}
	url, stop, err := folder.Start(ctx, program, data)
	if err != nil {
		return err
	}
	chats, err := talkAbout(ctx, url)
	if err == nil {
		err = wait.For(ctx, 3*time.Second) // the history stores it all
	}
	if err = errors.Join(err, stop()); err != nil {
		return err
	}
	return folder.Write(to, data, chats)
}

// talkAbout holds a chat of each status that lasts, and returns what they hold. (A live one
// waits again as soon as its agent was away for long.)
func talkAbout(ctx context.Context, url string) ([]folder.Chat, error) {
	agent, err := talk.SignIn(ctx, url, "admin", folder.Password)
	if err != nil {
		return nil, err
	}
	defer agent.Close()
	var chats []folder.Chat
	for _, status := range []string{"bot", "waiting", "closed"} {
		c, err := hold(ctx, url, agent, status)
		if err != nil {
			return nil, fmt.Errorf("the chat that is %s: %w", status, err)
		}
		chats = append(chats, c)
	}
	return chats, nil
}

func hold(ctx context.Context, url string, agent *talk.Agent, status string) (folder.Chat, error) {
	chat := folder.Chat{Name: "Ada <" + status + ">", Token: talk.Secret(), Status: status}
	c, welcome, err := folder.Visit(ctx, url, chat.Name, chat.Token)
	if err != nil {
		return chat, err
	}
	defer c.Close()
	chat.ID = welcome.Chat
	say := func(frame map[string]any) func() error {
		return func() error {
			f, err := c.Do(ctx, frame)
			if err == nil && f.T == "error" {
				err = fmt.Errorf("refused: %s", f.Message)
			}
			return err
		}
	}
	sees := func(kind, with string) func() error {
		return func() error {
			_, err := c.Await(ctx, "a "+kind, func(f talk.Frame) bool {
				return f.T == "event" && f.Kind == kind && (kind != "state" || f.Status == with)
			})
			return err
		}
	}
	act := func(kind, text string) func() error {
		return func() error { return agent.Act(ctx, kind, chat.ID, text) }
	}
	steps := []func() error{
		say(map[string]any{"t": "send", "id": "m1", "text": "Good day! 👋 שלום"}), sees("reply", ""),
		say(map[string]any{"t": "send", "id": "m2", "text": "What does it cost?"}),
	}
	if status != "bot" {
		steps = append(steps, say(map[string]any{"t": "escalate", "id": "e1"}), sees("state", "waiting"))
	}
	if status == "closed" {
		chat.Note = "A note about " + chat.Name
		steps = append(steps, func() error { return agent.Waiting(ctx, chat.ID) },
			act("open", ""), act("take", ""), sees("state", "live"), act("note", chat.Note), act("say", "I am a person."), sees("say", ""),
			act("close", ""), sees("state", "closed"))
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return chat, err
		}
	}
	if err := wait.For(ctx, time.Second); err != nil { // what is still to come
		return chat, err
	}
	for _, f := range c.Seen() {
		if f.T == "event" && !slices.ContainsFunc(chat.Events, func(e folder.Event) bool { return e.Seq == f.Seq }) {
			chat.Events = append(chat.Events, chat.Event(f))
		}
	}
	return chat, nil
}
