package export

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/moving"
)

//go:embed transcript.html
var transcriptSource string

// transcript runs no script and loads nothing: whatever people wrote is text in it.
var transcript = template.Must(template.New("transcript").Funcs(template.FuncMap{
	"file": FileName,
	"day":  func(t time.Time) string { return t.UTC().Format("Monday, 2 January 2006") },
	"time": func(t time.Time) string { return t.UTC().Format("15:04") },
}).Parse(transcriptSource))

// line is an entry of a transcript.
type line struct {
	chat.Event
	By    string // who says it, for people
	Words string
	Class string // the kind, for the style
	Day   bool   // the first one of its day
	Files []chat.File
}

// lines are what a reader of that role sees of events, in the words of a person.
func lines(events []chat.Event, reader chat.Role) (name string, list []line) {
	day := ""
	for i := range events {
		e := &events[i]
		if !e.Kind.VisibleTo(reader) || e.Kind == chat.CardChange {
			continue
		}
		l := line{Event: *e, By: e.From.Name, Words: e.Text, Class: string(e.Kind), Files: e.Files()}
		switch e.Kind {
		case chat.Message:
			name = e.From.Name
		case chat.Request:
			l.Words = asks(e)
		}
		if l.Words == "" && len(l.Files) == 0 {
			continue
		}
		today := e.At.UTC().Format(time.DateOnly)
		l.Day, day = today != day, today
		list = append(list, l)
	}
	return name, list
}

// asks says what a visitor asked for.
func asks(e *chat.Event) string {
	switch e.Request {
	case chat.Escalate:
		return "A person was asked for."
	case chat.Cancel:
		return "The visitor no longer waits."
	case chat.Close:
		return "The visitor ended the chat."
	case chat.Rate:
		if e.Text != "" {
			return fmt.Sprintf("Rated %d of 5: %s", e.Score, e.Text)
		}
		return fmt.Sprintf("Rated %d of 5.", e.Score)
	case chat.LeaveEmail:
		return "Left the address " + e.Email() + "."
	case chat.GiveName:
		return "Is called " + e.From.Name + "."
	default:
		return ""
	}
}

// Transcript writes what a reader of that role sees of events as a page that needs nothing else. links
// is what stands before FileName in the address of a file's bytes; empty: files are named only.
func Transcript(to io.Writer, events []chat.Event, reader chat.Role, links string) error {
	name, list := lines(events, reader)
	var id chat.ID
	if len(events) > 0 {
		id = events[0].Chat
	}
	return transcript.Execute(to, map[string]any{"Name": name, "Chat": id, "Lines": list, "Links": links})
}

// FileName is what the bytes of a file are called in the export of one chat: its id, and the extension
// of its name if that is a plain one, since names can be longer than file systems have room for.
func FileName(f chat.File) string {
	ext := filepath.Ext(f.Name)
	if len(ext) < 2 || len(ext) > 6 || strings.ContainsFunc(ext, func(r rune) bool { return r != '.' && !isPlain(r) }) {
		ext = ""
	}
	return f.ID + strings.ToLower(ext)
}

func isPlain(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

// One writes a folder with one chat: events.json, transcript.html and the files. It can be repeated.
func One(ctx context.Context, conn *bus.Conn, id chat.ID, folder string) error {
	if err := os.MkdirAll(filepath.Join(folder, filesFolder), 0o700); err != nil {
		return err
	}
	var all []chat.Event
	err := Chat(ctx, conn, id, func(events []chat.Event) error {
		all = append(events, all...)
		return nil
	})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("there is no chat %s", id)
	}
	for i := range all {
		for _, f := range all[i].Files() {
			if err := oneFile(ctx, conn, id, f, filepath.Join(folder, filesFolder, FileName(f))); err != nil {
				return fmt.Errorf("export file %s: %w", f.ID, err)
			}
		}
	}
	data, err := json.MarshalIndent(map[string]any{"chat": id, "events": all}, "", "  ")
	if err != nil {
		return err
	}
	if err := writeWhole(filepath.Join(folder, "events.json"), append(data, '\n')); err != nil {
		return err
	}
	page, err := os.CreateTemp(folder, ".new-*")
	if err != nil {
		return err
	}
	return place(page, filepath.Join(folder, "transcript.html"), Transcript(page, all, chat.RoleAgent, filesFolder+"/"))
}

// oneFile writes the bytes of a file. One that is lost leaves none.
func oneFile(ctx context.Context, conn *bus.Conn, id chat.ID, f chat.File, path string) error {
	_, err := patiently(ctx, func() (struct{}, error) {
		_, content, err := moving.OpenFile(ctx, conn, bus.FileKey{Chat: id, ID: f.ID})
		if err != nil {
			return struct{}{}, err
		}
		to, err := os.CreateTemp(filepath.Dir(path), ".new-*")
		if err != nil {
			return struct{}{}, err
		}
		_, err = io.Copy(to, content)
		return struct{}{}, place(to, path, err)
	})
	if errors.Is(err, bus.ErrNotFound) {
		return nil
	}
	return err
}
