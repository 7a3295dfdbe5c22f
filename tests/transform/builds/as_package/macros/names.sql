{# Their own names of the package's tables. #}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {{ 'loop_' if node.package_name == 'loop_returns' }}
    {{- custom_alias_name or node.name }}
{%- endmacro %}
