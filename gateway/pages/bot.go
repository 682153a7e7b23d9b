package pages

import (
	"bytes"
	"html"
)

// botMark is where a page holds the bot's name, with the one that it has by default.
const (
	botMark     = `<meta name="bot" content="`
	defaultName = "Parley bot"
)

// named writes the bot's name into a page that shows it. The page's scripts read it there,
// so it is known at once and can't be taken for HTML.
func named(page *file, bot string) (*file, error) {
	if bot == "" || bot == defaultName {
		return page, nil
	}
	return makeFile(page.name, bytes.Replace(page.body, []byte(botMark+defaultName), []byte(botMark+html.EscapeString(bot)), 1)), nil
}
