"""Readers: a file of any format becomes a raw table with exact line numbers.

==============  ======================================================================================================
``opening``     which format is it? folders, zip and gz become plain files, within limits
``text``        encoding, separator and header of a text file
``csv``         CSV, fast, with exact lines even where quoted fields span several
``sheets``      XLSX, XLS and ODS, several header rows, merged headings
``columnar``    Parquet, and the cells of census grids
``geo``         attributes and a point of each feature
``layouts``     GENESIS flat CSV and a column per period are turned into long tables
``remote``      a WFS or OGC API Features address becomes a file
==============  ======================================================================================================
"""
