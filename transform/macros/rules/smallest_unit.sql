{#
    The smallest unit of a currency: a cent, one yen, or a thousandth of a
    dinar. As in Stripe's API, the króna and Uganda's shilling have hundredths.
#}
{% macro smallest_unit(currency_code) -%}
    case
            when {{ currency_code }} in (
                'BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA',
                'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'
            )
                then 1
            when {{ currency_code }} in ('BHD', 'JOD', 'KWD', 'OMR', 'TND')
                then 0.001
            else 0.01
        end
{%- endmacro %}
