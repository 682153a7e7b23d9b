package system_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/moving"
	"github.com/parley-chat/parley/pkg/roles"
)

// sendFile has a visitor's message with a file stored, as a gateway does, and returns the file's id.
func sendFile(t *testing.T, conn *bus.Conn, id chat.ID, content []byte) string {
	t.Helper()
	files, err := conn.OpenFiles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	key := bus.FileKey{Chat: id, ID: strings.Repeat("f", chat.FileIDLength)}
	o, err := files.Put(t.Context(), bus.FileObject{FileKey: key, Name: "a.png", Type: "image/png", Checked: true}, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	e := chat.Event{Chat: id, Kind: chat.Message, ID: "m1", From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: "look",
		Parts: &chat.Parts{Files: []chat.File{{ID: key.ID, Name: o.Name, Type: o.Type, Size: o.Size, Hash: o.Hash}}}}
	if _, err := conn.AppendIn(t.Context(), e, nil); err != nil {
		t.Fatal(err)
	}
	return key.ID
}

// keeps waits until a region's file store has the file, and its FILES is empty.
func keeps(t *testing.T, conn *bus.Conn, id chat.ID, file string, want []byte) {
	t.Helper()
	files, err := conn.OpenFiles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the file in the store of "+string(conn.Region()), func() bool {
		reply, err := bus.Ask(t.Context(), conn, roles.HistoryFile, roles.FileRequest{Chat: id, ID: file, Length: len(want) + 1})
		used, no := files.Used(t.Context())
		return err == nil && no == nil && bytes.Equal(reply.Data, want) && used == 0
	})
}

// A chat's files go with it: from the file store where it is moved, and from FILES where its region is
// given up before they were stored.
func TestFilesGoToTheNewHome(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	history := eu.history()
	eu.escalation(escalation.Options{})
	eu.bot(echo{})
	ap.history()
	ap.escalation(escalation.Options{})
	o := operatorOf(eu, ap)

	moved, want := chat.NewIDAt("eu"), bytes.Repeat([]byte("moved "), 40_000)
	file := sendFile(t, o["eu"], moved, want)
	keeps(t, o["eu"], moved, file, want)
	for range 2 {
		o.moveSurely(t, string(moved), "eu", "ap")
	}
	keeps(t, o["ap"], moved, file, want)

	history.stop()
	given, rest := chat.NewIDAt("eu"), bytes.Repeat([]byte("given up "), 20_000)
	file = sendFile(t, o["eu"], given, rest)
	giving := moving.GivingUp{Region: "eu", To: o["ap"], Disks: o["eu"]}
	for range 2 {
		if _, err := giving.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	keeps(t, o["ap"], given, file, rest)
}

// A copy of another region has its files, too.
func TestACopyHasTheFiles(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	eu.history()
	ap.history()
	eu.gateway() // the first region begins, or ap's gateway waits for it
	ap.gateway(copies("eu"))
	o := operatorOf(eu, ap)
	id, want := chat.NewIDAt("eu"), bytes.Repeat([]byte("copied "), 30_000)
	file := sendFile(t, o["eu"], id, want)
	keeps(t, o["eu"], id, file, want)
	copied(t, o["ap"], o["eu"])
	keeps(t, o["ap"], id, file, want)
}
