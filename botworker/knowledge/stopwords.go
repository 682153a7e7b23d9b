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

// chatWords are words of everyday talk. They count only where the pages have them: a page
// about returns answers "I bought a jacket on Monday and want to send it back", too.
var chatWords = setOf(chatText)

const chatText = `
monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow tonight morning afternoon evening
last ago recently currently yet since until time times
buy buying bought get got receive received come comes came coming arrive arrives arrived send sends sent sending bring brought go going gone take takes took taken taking
begin finish finished happen happening turn
properly correctly suddenly trouble
guy guys man woman wife husband mum mom dad mother father son daughter friend friends boss colleague girlfriend partner neighbour neighbor
whole entire full complete completely bit few couple several enough extra total everything anything
little long short high low third four five six
cheap cheaper cheapest expensive best better worse worst good bad great fine nice important urgent quick quickly easy easily hard difficult simple normal usual different
think thought believe hope wish feel felt mean means meant care worry worried worried confused sure
say says said tell told ask asked asking wrote explain
put puts do done doing does
wait waiting waited stuck still again anymore already always never ever just only also
stuff things thing item items piece ones
place somewhere anywhere everywhere here there
quid bucks dollars dollar euros euro pounds pound
thx pls plz asap lol omg btw fyi hmm ugh argh damn
kind kinds type types sort sorts certain specific particular
amount lots loads much many
possible possibly able let
holds make makes made making give gives gave given giving
like likes liked love loved hate hated prefer want wants wanted need needs needed
dont didnt doesnt isnt wasnt werent wont cant couldnt shouldnt hasnt havent hadnt aint im ive id ill youre youve theres thats whats wheres hows whos
aswell alot gonna wanna gotta kinda sorta dunno cos cuz coz bc tho thru til till u ur r y
deadline quite pretty super totally really honestly basically literally
today's tomorrow's
see sees saw seen seeing look looks looked looking find finds found finding know knows knew known
try tries tried trying help helps helped please kindly thanks
accounting over under off
accept accepts accepted accepting offer offers offered offering provide provides provided providing support supports supported include includes included including
require requires required deal deals dealing handle handles handling own owns owned visit visits visiting exist exists existing
policy policies rule rules information info details conditions terms automatic automatically option options
`

// softWords count only where the pages have them, too, but weigh as much as others there.
var softWords = setOf(softText)

const softText = `
accident accidentally allow allowed answer answered big boyfriend break breaks broke change check checked checking checks day days early end ended
ends error fail failed fails family first free half hold hour hours issue issues keep keeps kept large late later leave leaves left limit lose loses
losing lost minute minutes miss missed missing mistake moment month months move moved new next night number numbers old one part people person plan
planning ran run running runs second set sets setting show showed shown shows small speak speaking start started starting stop stopped stopping talk
talking three turned two week weeks work worked working works write written wrong wrongly year years
`
