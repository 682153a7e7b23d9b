package knowledge

import "strings"

// stopWords are words that say nothing about the subject of a question: common English
// words, and those for asking for help.
var stopWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(stopText) {
		m[w] = true
	}
	return m
}()

const stopText = `
a about above after again against ain't all almost already also although always am an and another any anybody anyhow anyone
anything anyway are aren't around as at away back be became because been before being below between both but by
came can can't cannot could couldn't did didn't do does doesn't doing don't done down during each either else ever every everybody
everyone everything few for from further get gets getting give given go goes going gone gonna got gotta had hadn't has
hasn't have haven't having he he's her here hers herself hi hello hey him himself his how how's however i i'd i'll i'm i've if in
instead into is isn't it it'd it'll it's its itself just keep know let let's like likely little lot lots made make makes making many may
maybe me mean meant might mine more most much must my myself need needed needs neither never no nobody none nor not
nothing now of off often oh ok okay on once one ones only onto or other others otherwise ought our ours out over own
perhaps please plz pls possible put quite rather really right said same saw say says see seem seems seen shall she should
shouldn't since so some somebody somehow someone something sometimes somewhere soon sort still stuff such sure take tell than thank
thanks that that's the their theirs them themselves then there there's these they they'd they'll they're they've thing things think this
those though through thus to too toward try trying u unless until up upon ur us use used uses using usually very via vs want wanted
wants was wasn't way ways we we'd we'll we're we've well went were weren't what what's whatever when whenever where where's
wherever whether which while who who's whoever whom whose why will with within without won't would wouldn't yeah yes
yet you you'd you'll you're you've your yours yourself
im ive dont doesnt didnt cant wont isnt whats wheres hows thats id ill youre theres
wat wht waht whta teh hwo wich pleas
anyways able actually bad basically best better currently exactly explain find found good great guess happen happened happens help hear heard idea look looking nice
problem problems question questions somehow stuff supposed understand wanna wonder wondering
`
