"""An engagement in one workbook: how the blank one looks, and how a filled one is read."""
