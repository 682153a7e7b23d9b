package wish

// further are Danish and Norwegian, Finnish, Romanian, Hungarian, Hebrew, Marathi, Tamil
// and Telugu.
var further = []language{
	compile(forms{ // Danish and Norwegian
		persons: `menneske person medarbejder medarbeider kundebehandler kundeservice radgiver noen nogen agent operator saksbehandler sagsbehandler support`,
		before:  `og|men|nei|nej|unnskyld|undskyld|god morgen|hjelp|hjaelp|stopp`,
		after:   `direkte|her|na|i stedet|tak|takk|om .*|angaende .*`,
		who:     `(?:(?:en|et|noen|nogen|deres|jeres|annen|anden) )?(?:(?:ekte|rigtig|rigtigt|virkelig|levende|menneskelig) )*(?:menneske|person|medarbejder|medarbeider|kundebehandler|kundeservice|kundeservicemedarbejder|radgiver|noen|nogen|agent|operator|saksbehandler|sagsbehandler|support)`,
		wants:   `(?:jeg|vi) (?:vil|vil gerne|vil gjerne|onsker|ma|skal|trenger|kunne taenke mig)|(?:kan|far|ma|kunne) (?:jeg|du|dere|i|vi)|gerne|gjerne|godt|bare|fa|at|a|la meg|lad mig`,
		wishes: []string{
			`{I}(?:snakke|tale|prate|chatte|skrive|komme i kontakt|blive stillet om|stille mig|saette mig|sette meg|sett meg|stil mig|viderestil mig)(?: (?:direkte|over|igennem|om|videre))? (?:med|til) {W}`,
			`(?:jeg )?(?:vil ha|vil have|vil gerne have|vil gjerne ha|trenger|har brug for) {W}|(?:giv mig|gi meg) {W}`,
			`(?:et |en )?(?:(?:rigtigt|rigtig|ekte|levende) )?(?:menneske|kundebehandler|kundeservice|medarbejder|medarbeider|saksbehandler)`,
		},
		veto: `^(?:hvordan|hva|hvad|hvorfor|nar|hvornar|hvem|er|hvis|om) .*|(?:^| )(?:ikke|ingen|uden|uten|aldri|aldrig)(?: |$)`,
	}),
	compile(forms{ // Finnish
		persons: `ihmis asiakaspalv henkilo virkailij jonku jollekin`,
		before:  `ja|mutta|hei|moi|terve|anteeksi|apua`,
		after:   `nyt|heti|kiitos|suoraan`,
		who:     `(?:(?:oikean|elavan|oikealle|elavalle|oikeaan) )?(?:ihmisen|ihmiselle|ihmiseen|henkilon|henkilolle|asiakaspalvelijan|asiakaspalvelijalle|asiakaspalvelijaan|asiakaspalveluun|asiakaspalvelun|virkailijan|virkailijalle|virkailijaan|jonkun|jollekin)(?: kanssa)?`,
		wants:   `(?:mina )?(?:haluan|haluaisin|tahdon|voisinko|voinko|saanko|saisinko|voitko|voitteko)|minun (?:pitaa|taytyy)|minut`,
		wishes: []string{
			`{I}(?:puhua|jutella|keskustella|chatata|paasta puhumaan|saada yhteys|yhdistaa|yhdista|yhdistakaa)(?: (?:minut|suoraan|heti))? {W}`,
			`{I}{W} (?:puhua|jutella|keskustella)`,
			`(?:mina )?(?:haluan|haluaisin|tarvitsen) {W}`,
			`asiakaspalvelija|asiakaspalvelu|virkailija|ihmisasiakaspalvelija`,
		},
		veto: `^(?:miten|mita|miksi|milloin|kuka|oletko|onko|jos) .*|(?:^| )(?:en|ei|emme|ala|alkaa|ilman)(?: |$)`,
	}),
	compile(forms{ // Romanian
		persons: `_om operator agent persoan cineva reprezentant consultant uman`,
		before:  `si|dar|nu merge|scuze|buna ziua|buna|salut|ajutor`,
		after:   `acum|direct|va rog|te rog|imediat|aici|multumesc|despre .*`,
		who:     `(?:(?:un|o|alt) )?(?:om|fiinta umana|operator|agent|persoana|cineva|reprezentant|consultant|coleg)(?: (?:real|reala|uman|umana|adevarat|adevarata))*`,
		wants:   `(?:eu )?(?:vreau|as vrea|as dori|doresc|pot|as putea|prefer|trebuie)(?: sa)?|(?:puteti|poti)(?: sa)?|va rog(?: sa)?|te rog(?: sa)?|este posibil sa|sa`,
		wishes: []string{
			`{I}(?:vorbesc|vorbi|discut|discuta|comunic|iau legatura|fiu conectat|ma conectati|conectati ma|conecteaza ma|ma transferati|transferati ma|ma puneti in legatura) (?:cu|la) {W}`,
			`(?:eu )?(?:vreau|as vrea|am nevoie de|doresc|prefer|dati mi) {W}`,
			`(?:un )?(?:agent uman|operator uman|om real|persoana reala|reprezentant)`,
		},
		veto: `^(?:cum|ce|de ce|cand|cine|esti|daca) .*|(?:^| )(?:nu (?:vreau|doresc|am)|fara|niciodata)(?: |$)`,
	}),
	compile(forms{ // Hungarian
		persons: `ember ugyintezo munkatars operator ugyfelszolgalat valakivel kollega`,
		before:  `es|de|jo napot|udvozlom|szia|segitseg`,
		after:   `most|kerem|azonnal|legyen szives|koszonom`,
		who:     `(?:(?:egy|az|a) )?(?:(?:valodi|igazi|elo|hus ver) )*(?:emberrel|ugyintezovel|munkatarssal|operatorral|ugyfelszolgalattal|ugyfelszolgalatossal|valakivel|kollegaval)`,
		wants:   `en|szeretnek|akarok|kerem|lehet|tudok`,
		wishes: []string{
			`{I}{W} {I}(?:beszelni|beszelgetni|chatelni)(?: (?:szeretnek|akarok|kivanok))?|{I}(?:beszelhetek|beszelhetnek|beszelni|beszelni szeretnek|beszelni akarok) {W}`,
			`(?:egy )?(?:(?:valodi|igazi|elo) )?(?:ugyintezot|embert|operatort|munkatarsat) (?:kerek|szeretnek|akarok)|(?:kapcsoljon|kapcsoljanak|kapcsolj|kerek) egy (?:ugyintezot|embert|operatort|munkatarsat)|ugyintezo`,
		},
		veto: `^(?:hogyan|mit|miert|mikor|ki|ha) .*|(?:^| )(?:nem|ne|nelkul|soha)(?: |$)`,
	}),
	compile(forms{ // Hebrew
		persons: `נציג אדם אנושי מישהו מישהי שירות_לקוחות מוקדן`,
		before:  `שלום|היי|אבל|סליחה|עזרה|די`,
		after:   `בבקשה|עכשיו|מיד|תודה|אפשר`,
		who:     `(?:עם |אל |ל)?(?:נציגה?|אדם|בן אדם|בנאדם|מישהו|מישהי|מוקדן|שירות לקוחות)(?: (?:אנושי|אנושית|אמיתי|אמיתית|שירות|שירות לקוחות))*`,
		wants:   `אני (?:רוצה|צריך|צריכה|מבקש|מבקשת|מעדיף|מעדיפה)|אפשר|ניתן|אוכל|רוצה|צריך|צריכה|אשמח|בבקשה`,
		wishes: []string{
			`{I}(?:לדבר|להתכתב|לשוחח|לעבור|תעבירו אותי|תעביר אותי|תעבירי אותי|העבירו אותי|חברו אותי|תחבר אותי|תחברו אותי|להעביר אותי) {W}`,
			`(?:אני )?(?:רוצה|צריך|צריכה|מבקש|מבקשת|תנו לי|תן לי) {W}`,
			`נציגה?(?: (?:אנושי|אנושית|שירות))?|שירות לקוחות|מענה אנושי`,
		},
		veto: `^(?:איך|מה|למה|מתי|מי|האם|אתה|את|אם) .*|(?:^| )(?:לא|בלי|אין)(?: |$)`,
	}),
	compile(forms{ // Marathi
		persons: `माणस व्यक्ती एजंट प्रतिनिधी`,
		before:  `पण|हो`, after: `आत्ता|लगेच`,
		who:    `(?:(?:एका|खऱ्या|एखाद्या) )*(?:माणसाशी|माणसासोबत|व्यक्तीशी|एजंटशी|प्रतिनिधीशी)`,
		wants:  `मला|कृपया`,
		wishes: []string{`{I}{W} (?:बोलायचे आहे|बोलायचं आहे|बोलायचंय|बोलू इच्छितो|बोलू द्या|बोलता येईल का|बोलू शकतो का|जोडा|जोडून द्या)`},
	}),
	compile(forms{ // Tamil
		persons: `மனித நபர முகவர பிரதிநிதி`,
		before:  `வணக்கம்`, after: `இப்போது|உடனே`,
		who:    `(?:(?:ஒரு|உண்மையான) )*(?:மனிதருடன்|மனிதரிடம்|மனிதனிடம்|நபருடன்|நபரிடம்|முகவருடன்|முகவரிடம்|பிரதிநிதியுடன்|பிரதிநிதியிடம்)`,
		wants:  `நான்|எனக்கு|தயவுசெய்து`,
		wishes: []string{`{I}{W} (?:பேச வேண்டும்|பேசவேண்டும்|பேசணும்|பேச விரும்புகிறேன்|பேச முடியுமா|பேசலாமா|இணைக்கவும்)`},
	}),
	compile(forms{ // Telugu
		persons: `మనిషి వ్యక్తి ఏజెంట్ ప్రతినిధి`,
		before:  `నమస్కారం`, after: `ఇప్పుడు|వెంటనే`,
		who:    `(?:(?:ఒక|నిజమైన) )*(?:మనిషితో|వ్యక్తితో|ఏజెంట్ ?తో|ప్రతినిధితో)`,
		wants:  `నేను|నాకు|దయచేసి`,
		wishes: []string{`{I}{W} (?:మాట్లాడాలి|మాట్లాడాలనుకుంటున్నాను|మాట్లాడాలని ఉంది|మాట్లాడవచ్చా|మాట్లాడించండి|కనెక్ట్ చేయండి)`},
	}),
}
