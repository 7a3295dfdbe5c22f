{#
    Host and kind of the page that sent a visitor: 'google.com / organic'. Null
    for the hosts in own_hosts. A host comes without www.
#}
{% macro referrer_channel(host) -%}
    {%- set own_hosts = var_or_empty('own_hosts')
        | map('replace', 'www.', '') | list -%}
    case
            when {{ host }} in {{ text_list(own_hosts) }} then null
            when
                {{ regexp_part(
                    host,
                    '((?:google|bing|yahoo|duckduckgo|ecosia|baidu)[.])'
                ) }} is not null
                then {{ host }} || ' / organic'
            when
                {{ regexp_part(
                    host,
                    '((?:facebook|instagram|tiktok|pinterest|youtube|reddit'
                    ~ '|linkedin|snapchat|twitter)[.]|^t[.]co$|^x[.]com$)'
                ) }} is not null
                then {{ host }} || ' / social'
            else {{ host }} || ' / referral'
        end
{%- endmacro %}
