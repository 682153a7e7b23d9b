// Command eval asks a folder of Markdown the questions of a file and says how
// many were answered from the right page.
//
//	go run ./botworker/knowledge/eval FOLDER QUESTIONS.tsv
//
// A line of the file is a question, a tab, and the path of the page that answers
// it (several, separated by commas, where more than one does), or "-" where no
// page does and the bot has to say so. Where only one section of the page does, its
// heading follows the path: "run.md#Start it", "run.md#" for what stands before
// the first heading. Lines that begin with # are comments.
//
// A passage counts as an answer where the bot may quote it, and with a hedge where it would
// say "This may help:". What it would only offer as a choice counts as declined.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/parley-chat/parley/botworker/knowledge"
)

func main() {
	all := flag.Bool("all", false, "print every question, not only those that went wrong")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: eval [-all] FOLDER QUESTIONS.tsv")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Stdout, flag.Arg(0), flag.Arg(1), *all); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type question struct {
	text  string
	pages []string // none: to be declined
}

type tally struct {
	right, wrong, declined, falseAnswer, rightlyDeclined int

	hedgedRight, hedgedWrong, hedgedFalse int // of these, those that come with a hedge
	offered                               int // of the declined: those that have the right place as a choice
}

func run(ctx context.Context, out io.Writer, folder, file string, all bool) error {
	t, err := ask(ctx, out, os.DirFS(filepath.Clean(folder)), file, all)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d questions that a page answers: %d from the right place (%d with a hedge), %d from a wrong one (%d), %d declined (%d offer the right one)\n",
		t.right+t.wrong+t.declined, t.right, t.hedgedRight, t.wrong, t.hedgedWrong, t.declined, t.offered)
	fmt.Fprintf(out, "%d questions that no page answers: %d declined, %d answered (%d with a hedge)\n",
		t.rightlyDeclined+t.falseAnswer, t.rightlyDeclined, t.falseAnswer, t.hedgedFalse)
	return nil
}

// ask asks the pages in the folder the questions of the file, and prints those that
// went wrong, or all.
func ask(ctx context.Context, out io.Writer, folder fs.FS, file string, all bool) (t tally, err error) {
	questions, err := read(file)
	if err != nil {
		return t, err
	}
	ix, err := knowledge.Load(ctx, folder)
	if err != nil {
		return t, err
	}
	for _, w := range ix.Warnings() {
		fmt.Fprintln(out, "left out:", w)
	}
	for _, q := range questions {
		found := ix.Search(q.text, 3)
		verdict := t.judge(q, found)
		if all || verdict != "right" && verdict != "rightly declined" {
			fmt.Fprintf(out, "%s: %s\n", verdict, q.text)
			for _, p := range found {
				fmt.Fprintf(out, "    %-8s %.2f  %s  %s\n", bands[p.Sureness], p.Confidence, p.Path, p.Heading)
			}
		}
	}
	return t, nil
}

// bands name how sure a passage is; only the first found has more than "".
var bands = map[knowledge.Sureness]string{knowledge.Close: "close", knowledge.Likely: "likely", knowledge.Sure: "sure"}

func (t *tally) judge(q question, found []knowledge.Passage) string {
	answered := len(found) > 0 && found[0].Sureness >= knowledge.Likely
	hedged := 0
	if answered && found[0].Sureness == knowledge.Likely {
		hedged = 1
	}
	asked := func(p knowledge.Passage) bool {
		return slices.ContainsFunc(q.pages, func(page string) bool { return at(page, p) })
	}
	switch {
	case len(q.pages) == 0 && answered:
		t.falseAnswer++
		t.hedgedFalse += hedged
		return "answered, but no page does"
	case len(q.pages) == 0:
		t.rightlyDeclined++
		return "rightly declined"
	case !answered:
		t.declined++
		if slices.ContainsFunc(found, asked) {
			t.offered++
		}
		return "declined"
	case asked(found[0]):
		t.right++
		t.hedgedRight += hedged
		return "right"
	default:
		t.wrong++
		t.hedgedWrong += hedged
		return "wrong place"
	}
}

// at reports whether a passage is on the page, and in the section where one is named.
func at(page string, p knowledge.Passage) bool {
	page, section, named := strings.Cut(page, "#")
	return page == p.Path && (!named || section == p.Heading)
}

func read(file string) ([]question, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("open the questions: %w", err)
	}
	defer func() { _ = f.Close() }()
	var out []question
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		text, page, ok := strings.Cut(line, "\t")
		if !ok {
			return nil, fmt.Errorf("%s, line %d: expected a question, a tab and the path of a page", file, n)
		}
		q := question{text: strings.TrimSpace(text)}
		if page = strings.TrimSpace(page); page != "-" {
			q.pages = strings.Split(page, ",")
		}
		out = append(out, q)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the questions: %w", err)
	}
	if len(out) == 0 {
		return nil, errors.New("the file of questions holds none: expected lines of a question, a tab and a path")
	}
	return out, nil
}
