// Command permissions generates k8s/base/nats/accounts.conf and the tables in
// docs/nats-permissions.md from the package permissions.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/parley-chat/parley/test/deploy/permissions"
)

func main() {
	root := flag.String("root", "../..", "root of the tree")
	streams := flag.Int("streams", 8, "the installation's STREAMS")
	flag.Parse()
	if *streams < 1 || *streams > permissions.MostStreams {
		fmt.Fprintf(os.Stderr, "-streams is a number from 1 to %d\n", permissions.MostStreams)
		os.Exit(2)
	}
	if err := write(*root, *streams); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(root string, streams int) error {
	conf := filepath.Join(root, "k8s", "base", "nats", "accounts.conf")
	if err := os.WriteFile(conf, []byte(permissions.Accounts(streams)), 0o644); err != nil {
		return err
	}
	page := filepath.Join(root, "docs", "nats-permissions.md")
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), permissions.Begin)
	_, after, closed := strings.Cut(rest, permissions.End)
	if !found || !closed {
		return fmt.Errorf("%s has no place for the tables: %q … %q", page, permissions.Begin, permissions.End)
	}
	return os.WriteFile(page, []byte(before+permissions.Begin+"\n"+permissions.Tables()+"\n"+permissions.End+after), 0o644)
}
